// Stranger proves or refutes the folder of a Rekap Terbuka site. It was written from docs/formats.md alone.
//
//	stranger DIR [ANCHORS] [RECEIPT…]
//
// Exit 0: everything that it checks holds by whole anchors. 1: refuted, with every reason. 2: it could
// not judge. 3: it holds, and the anchors are the site's own or not whole,
// pages are newer than site.json, or a receipt's entry has no effect.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// unread is what this program holds against nothing.
const unread = "findings and what explains them, words, lists and links of pages, other files that nothing expects, " +
	"CSV, feeds, changes/, bulk data and assets"

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) < 1 {
		fmt.Fprintln(os.Stderr, "stranger DIR [ANCHORS] [RECEIPT…]")
		return 2
	}
	s := &site{expected: map[string]bool{}, unread: map[string]bool{}, sizes: map[int]bool{}, shown: map[string]int{}}
	var anchors *policy
	if len(args) > 1 {
		data, err := os.ReadFile(args[1])
		p, bad := parsePolicy(string(data))
		if err != nil || bad != nil {
			fmt.Fprintln(os.Stderr, args[1], "is no file of anchors")
			return 2
		}
		anchors = &p
	}
	dir, err := filepath.Abs(args[0])
	if err == nil {
		s.dir, err = filepath.EvalSymlinks(dir)
	}
	if err == nil {
		_, err = os.ReadDir(filepath.Join(s.dir, "log"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	s.prove(anchors, args[min(2, len(args)):])
	s.excuse()
	for _, reason := range append(append(s.failures, s.doubts...), s.limits...) {
		fmt.Println(reason)
	}
	switch {
	case len(s.failures) > 0:
		return 1
	case len(s.doubts) > 0:
		return 2
	case len(s.limits) > 0:
		return 3
	}
	fmt.Printf("%s: %d entries, pages of %d: proved, but for %s\n", s.key.name, s.point.size, s.size, unread)
	return 0
}

// prove goes on as long as the entries are those that were signed for.
func (s *site) prove(anchors *policy, receipts []string) {
	if s.open(anchors); len(s.failures) > 0 || s.key.name == "" {
		return
	}
	if s.log(); len(s.tree) == 0 || s.tree.root(s.point.size) != s.point.root {
		return
	}
	if s.claims(); s.unread["site.json"] {
		return
	}
	if s.all.origin == nil {
		s.fail("entry 0: void (%s)", s.all.entries[0].void)
		return
	}
	if s.size == 0 {
		s.wait("site.json: pages of no entry")
		return
	}
	s.whole(anchors)
	s.evidence()
	s.pages()
	for _, path := range receipts {
		s.receipt(path)
	}
}

// receipt checks that the portal kept a promise: the leaf is in the log. A copy from before its end accuses nobody.
func (s *site) receipt(path string) {
	data, err := os.ReadFile(path)
	key, _ := parseVerifier(text(s.all.origin, "receipt_key"))
	promise, bad := openReceipt(data, key)
	if err != nil || bad != nil {
		s.wait("%s: no receipt of this log", path)
		return
	}
	for i, entry := range s.entries {
		if leafHash(entry) != promise.leaf {
			continue
		}
		if found, ok := openEnvelope(entry); !ok || found.id != promise.id {
			s.fail("entry %d: the receipt %s has another id", i, path)
		}
		if status := s.all.now(s.all.entries[i]); has([]string{"void", "waiting", "orphan"}, status) {
			s.limit("%s: entry %d is without effect (%s)", path, i, strings.TrimSpace(status+" "+s.all.entries[i].void))
		}
		return
	}
	if s.stood() > promise.until+300 {
		s.fail("%s: the promised entry is not in the log", path)
	} else {
		s.wait("%s: the promised entry is not in the log, which may be from before the promise", path)
	}
}

// stood is a Unix second at which the log was as it is here: what its clock and the witnesses of its head say.
func (s *site) stood() int {
	at := int(s.all.told)
	for _, key := range s.point.keys {
		at = max(at, key.at)
	}
	return at
}
