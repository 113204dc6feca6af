package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

type hash = [32]byte

func leafHash(entry []byte) hash { return sha256.Sum256(append([]byte{0}, entry...)) }

func nodeHash(left, right hash) hash {
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

// A tree holds, per level, the hashes of all complete subtrees of 2^level leaves.
type tree [][]hash

func newTree(leaves []hash) tree {
	t := tree{leaves}
	for level := leaves; len(level) > 1; level = t[len(t)-1] {
		above := make([]hash, len(level)/2)
		for i := range above {
			above[i] = nodeHash(level[2*i], level[2*i+1])
		}
		t = append(t, above)
	}
	return t
}

// root is the tree hash of the first size leaves (RFC 6962 section 2.1).
func (t tree) root(size int) hash {
	if size == 0 {
		return sha256.Sum256(nil)
	}
	var root hash
	for level, first := 0, true; size>>level > 0; level++ {
		if size>>level&1 == 0 {
			continue
		}
		piece := t[level][size>>level-1]
		if first {
			root, first = piece, false
		} else {
			root = nodeHash(piece, root)
		}
	}
	return root
}

// rootOf is the root that an inclusion proof leads to (RFC 9162 section 2.1.3.2).
func rootOf(leaf hash, index, size int, proof []hash) (hash, bool) {
	if index < 0 || index >= size {
		return hash{}, false
	}
	inner := bits.Len(uint(index ^ (size - 1)))
	if len(proof) != inner+bits.OnesCount(uint(index)>>inner) {
		return hash{}, false
	}
	for i, other := range proof {
		if i >= inner || index>>i&1 == 1 {
			leaf = nodeHash(other, leaf)
		} else {
			leaf = nodeHash(leaf, other)
		}
	}
	return leaf, true
}

// openProof verifies a tlog-proof and returns the leaf's index and the checkpoint it ends in.
func openProof(data []byte, leaf hash, key verifier, others ...verifier) (int, checkpoint, error) {
	bad := errors.New("not a proof of this leaf")
	head, note, ok := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(data) > 65536 || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return 0, checkpoint{}, bad
	}
	index, ok := decimal(lines[1][6:])
	var proof []hash
	for _, line := range lines[2:] {
		item, clean := decode64(line)
		if !clean || len(item) != 32 || len(proof) > 62 {
			return 0, checkpoint{}, bad
		}
		proof = append(proof, toHash(item))
	}
	point, err := openCheckpoint([]byte(note), key, others...)
	if err != nil || !ok {
		return 0, checkpoint{}, bad
	}
	if root, fits := rootOf(leaf, index, point.size, proof); !fits || root != point.root {
		return 0, checkpoint{}, bad
	}
	return index, point, nil
}

// tilePath is where tlog-tiles puts a tile (level -1: the bundle of entries); width 256 is a full one.
func tilePath(level, n, width int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	kind := strconv.Itoa(level)
	if level < 0 {
		kind = "entries"
	}
	if width < 256 {
		name += fmt.Sprintf(".p/%d", width)
	}
	return "tile/" + kind + "/" + name
}

// parseTile is the inverse of tilePath.
func parseTile(path string) (level, n, width int, ok bool) {
	parts := strings.Split(path, "/")
	if len(parts) < 3 || parts[0] != "tile" {
		return
	}
	level, width = -1, 256
	if parts[1] != "entries" {
		level, ok = decimal(parts[1])
		if !ok || level > 7 {
			return 0, 0, 0, false
		}
	}
	if last := len(parts) - 1; strings.HasSuffix(parts[last-1], ".p") {
		width, _ = decimal(parts[last])
		parts = parts[:last]
	}
	for _, part := range parts[2:] {
		digits, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(part, "x"), ".p"))
		n = n*1000 + digits
	}
	return level, n, width, width > 0 && n >= 0 && tilePath(level, n, width) == path
}

// openBundle splits a bundle into its entries.
func openBundle(data []byte) ([][]byte, bool) {
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, false
		}
		size := int(data[0])<<8 | int(data[1])
		if len(data) < 2+size {
			return nil, false
		}
		entries = append(entries, data[2:2+size])
		data = data[2+size:]
	}
	return entries, true
}
