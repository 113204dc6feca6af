// Command check reads the published files of a log with the original implementation of its
// formats, golang.org/x/mod/sumdb, and exits non-zero naming the first thing that is wrong.
//
//	check PUBLIC_DIR VKEY [OLD_SIZE]
//
// It verifies the checkpoint, every hash tile and every entry of the newest tree, consistency from
// OLD_SIZE (default: a third of the size), and inclusion of some entries.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// files reads tiles of height 8 from tlog-tiles paths, which lack the height.
type files struct{ dir string }

func (f files) Height() int { return height }

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := f.read(tile)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f files) read(tile tlog.Tile) ([]byte, error) {
	path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
	path = strings.Replace(path, "tile/8/", "tile/", 1)
	data, err := os.ReadFile(filepath.Join(f.dir, "log", filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: missing", path)
	}
	if err != nil {
		return nil, err
	}
	if tile.L >= 0 && len(data) != tile.W*tlog.HashSize {
		return nil, fmt.Errorf("%s: %d bytes, want %d", path, len(data), tile.W*tlog.HashSize)
	}
	return data, nil
}

func main() {
	if len(os.Args) < 3 {
		fail("usage: check PUBLIC_DIR VKEY [OLD_SIZE]")
	}
	reader := files{os.Args[1]}
	tree, err := checkpoint(os.Args[1], os.Args[2])
	must("checkpoint", err)
	must("tiles", hashTiles(reader, tree))
	must("entries", entries(reader, tree))
	old := tree.N / 3
	if len(os.Args) > 3 {
		old, err = strconv.ParseInt(os.Args[3], 10, 64)
		must("old size", err)
	}
	must("consistency", consistent(reader, tree, old))
	must("inclusion", included(reader, tree))
	fmt.Printf("ok: size %d\n", tree.N)
}

func checkpoint(dir, vkey string) (tlog.Tree, error) {
	data, err := os.ReadFile(filepath.Join(dir, "log", "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// hashTiles reads every tile of the tree. The partial ones give the root, which TileHashReader
// checks; each full one must give its hash in the tile above, which is checked here: releases of
// x/mod before v0.40.0 did not check all of them (CVE-2026-56865).
func hashTiles(reader files, tree tlog.Tree) error {
	hashes := tlog.TileHashReader(tree, reader)
	for level := 0; tree.N>>(height*level) > 0; level++ {
		count := tree.N >> (height * level)
		for first := int64(0); first < count; first += 1 << height {
			width := int(smaller(1<<height, count-first))
			tile := tlog.Tile{H: height, L: level, N: first >> height, W: width}
			if err := hashTile(reader, hashes, tile); err != nil {
				return fmt.Errorf("level %d tile %d: %w", level, tile.N, err)
			}
		}
	}
	return nil
}

func hashTile(reader files, hashes tlog.HashReader, tile tlog.Tile) error {
	data, err := reader.read(tile)
	if err != nil {
		return err
	}
	var row []tlog.Hash
	for at := 0; at < tile.W; at++ {
		row = append(row, tlog.Hash(data[at*tlog.HashSize:(at+1)*tlog.HashSize]))
	}
	if tile.W < 1<<height {
		for at, hash := range row {
			n := tile.N<<height + int64(at)
			proved, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(height*tile.L, n)})
			if err != nil {
				return err
			}
			if proved[0] != hash {
				return fmt.Errorf("hash %d is another one", at)
			}
		}
		return nil
	}
	for len(row) > 1 {
		for at := 0; at < len(row)/2; at++ {
			row[at] = tlog.NodeHash(row[2*at], row[2*at+1])
		}
		row = row[:len(row)/2]
	}
	above, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(height*(tile.L+1), tile.N)})
	if err != nil {
		return err
	}
	if row[0] != above[0] {
		return errors.New("does not have its hash in the tile above")
	}
	return nil
}

func entries(reader files, tree tlog.Tree) error {
	hashes := tlog.TileHashReader(tree, reader)
	for first := int64(0); first < tree.N; first += 1 << height {
		width := int(smaller(1<<height, tree.N-first))
		tile := tlog.Tile{H: height, L: -1, N: first >> height, W: width}
		data, err := reader.read(tile)
		if err != nil {
			return err
		}
		indexes := make([]int64, width)
		for at := range indexes {
			indexes[at] = tlog.StoredHashIndex(0, first+int64(at))
		}
		wanted, err := hashes.ReadHashes(indexes)
		if err != nil {
			return fmt.Errorf("entry %d: %w", first, err)
		}
		for at, want := range wanted {
			n := first + int64(at)
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return fmt.Errorf("entry %d: the bundle is cut", n)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			if tlog.RecordHash(data[2:end]) != want {
				return fmt.Errorf("entry %d: does not have the hash in its tile", n)
			}
			data = data[end:]
		}
		if len(data) != 0 {
			return fmt.Errorf("bundle of entry %d: %d bytes too many", first, len(data))
		}
	}
	return nil
}

func consistent(reader files, tree tlog.Tree, old int64) error {
	if old == 0 {
		return nil
	}
	hashes := tlog.TileHashReader(tree, reader)
	root, err := tlog.TreeHash(old, hashes)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, old, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old, root)
}

func included(reader files, tree tlog.Tree) error {
	hashes := tlog.TileHashReader(tree, reader)
	for step := int64(0); step < 16 && step < tree.N; step++ {
		n := step * (tree.N - 1) / 15
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(tree.N, n, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaf[0]); err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
	}
	return nil
}

func smaller(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func must(place string, err error) {
	if err != nil {
		fail(place + ": " + err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
