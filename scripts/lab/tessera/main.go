// Command tessera adds entries to a log of Tessera's POSIX storage and prints how many a second were
// in a published checkpoint, for comparison with our own writer on the same disk.
//
//	tessera DIR ENTRIES
//
// Batches of 256, no antispam, the shortest checkpoint interval that Tessera permits. Entries are the
// decimal numbers from 0, as in scripts/lab/bench.py. The clock stops at the checkpoint with all of them.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(words []string) error {
	if len(words) != 2 {
		return fmt.Errorf("usage: tessera DIR ENTRIES")
	}
	count, err := strconv.Atoi(words[1])
	if err != nil || count < 1 {
		return fmt.Errorf("not a number of entries: %s", words[1])
	}
	private, _, err := note.GenerateKey(nil, "bench.example/tessera")
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		return err
	}
	ctx := context.Background()
	driver, err := posix.New(ctx, posix.Config{Path: words[0]})
	if err != nil {
		return err
	}
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithBatching(256, 100*time.Millisecond).
		WithPushback(uint(count) + 1).
		WithCheckpointInterval(100 * time.Millisecond)
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	if err != nil {
		return err
	}
	began := time.Now()
	for number := range count {
		appender.Add(ctx, tessera.NewEntry([]byte(strconv.Itoa(number))))
	}
	if err := published(ctx, reader, count); err != nil {
		return err
	}
	fmt.Printf("%.0f\n", float64(count)/time.Since(began).Seconds())
	return shutdown(ctx)
}

// published waits for the checkpoint of that size.
func published(ctx context.Context, reader tessera.LogReader, size int) error {
	want := []byte(strconv.Itoa(size))
	for range 60_000 {
		data, err := reader.ReadCheckpoint(ctx)
		if err == nil {
			if lines := bytes.SplitN(data, []byte("\n"), 3); len(lines) == 3 && bytes.Equal(lines[1], want) {
				return nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("no checkpoint of size %d within a minute", size)
}
