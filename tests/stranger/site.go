package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// A site is a folder under proof.
type site struct {
	dir        string
	failures   []string // what refutes it
	doubts     []string // what could not be judged
	limits     []string // what keeps it from being proved though all of it holds
	entries    [][]byte
	tree       tree
	point      checkpoint
	key        verifier
	trust, own policy       // of the anchors, of entry 0
	anchored   *block       // of this log, in the anchors
	book       *ledger      // of the entries that the pages show
	all        *ledger      // of all entries: what anchors, limits and receipts are held against
	size       int          // entries that the pages show
	proved     int          // the first entries, of which each has its proof
	sizes      map[int]bool // of which proofs say that they were published
	expected   map[string]bool
	unread     map[string]bool // paths of files that are there and cannot be read
	shown      map[string]int  // as_of of each page at the size in site.json
	policy     *string         // policy.txt, where it is not that of the size in site.json
}

func (s *site) wait(format string, args ...any) {
	s.doubts = append(s.doubts, fmt.Sprintf(format, args...))
}

func (s *site) limit(format string, args ...any) {
	s.limits = append(s.limits, fmt.Sprintf(format, args...))
}

func (s *site) fail(format string, args ...any) {
	s.failures = append(s.failures, fmt.Sprintf(format, args...))
}

// file reads a regular file of the folder: a pipe, a socket, a folder, a link to nothing or out of it are none.
func (s *site) file(path string) ([]byte, error) {
	real, err := filepath.EvalSymlinks(filepath.Join(s.dir, filepath.FromSlash(path)))
	if err == nil {
		info, bad := os.Stat(real)
		if !strings.HasPrefix(real, s.dir+string(filepath.Separator)) || bad == nil && !info.Mode().IsRegular() {
			return nil, fs.ErrNotExist
		}
		var data []byte
		if data, err = os.ReadFile(real); err == nil {
			return data, nil
		}
	}
	absent := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || err.Error() == "EvalSymlinks: too many links"
	if !absent {
		s.unread[path] = true
	}
	return nil, err
}

// excuse takes back what was said of files that a log of this site has and that cannot be read: that refutes nothing.
func (s *site) excuse() {
	failures := s.failures
	s.failures = nil
	for _, reason := range failures {
		place, _, _ := strings.Cut(reason, ": ")
		if s.unread[place] && (s.expected[place] || has([]string{"log/checkpoint", "policy.txt", "site.json"}, place)) {
			s.doubts = append(s.doubts, place+": cannot be read")
		} else {
			s.failures = append(s.failures, reason)
		}
	}
}

func (s *site) walk(under string, visit func(path string)) {
	root := filepath.Join(s.dir, under)
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			s.fail("%s: %v", path, err)
			return nil
		}
		relative, _ := filepath.Rel(s.dir, path)
		if !d.IsDir() {
			visit(filepath.ToSlash(relative))
		}
		return nil
	})
}

func root64(root hash) string { return base64.StdEncoding.EncodeToString(root[:]) }

// claims checks site.json, reads as many entries as it says that the pages show, and all, for the anchors.
func (s *site) claims() {
	data, _ := s.file("site.json")
	value, err := parsePublic(data)
	o, ok := value.(object)
	shape := fields{"size": between(0, s.point.size), "root": plainText(44), "hour": func(any) bool { return true }, "release": hexRule(64), "proofs": between(0, s.point.size),
		"data_size": between(0, s.point.size), "data_root": plainText(44), "data_next": between(0, s.point.size)}
	s.book, s.size = newLedger(), s.point.size
	if err != nil || !ok || !shape.fit(o) || num(o, "data_size") > num(o, "data_next") || num(o, "data_next") > num(o, "size") || num(o, "proofs") > num(o, "size") {
		s.fail("site.json: missing, or sizes that cannot be")
	} else {
		s.size, s.proved = num(o, "size"), num(o, "proofs")
		if o["root"] != root64(s.tree.root(s.size)) || o["data_root"] != root64(s.tree.root(num(o, "data_size"))) {
			s.fail("site.json: a root that is not the log's")
		}
	}
	for _, entry := range s.entries[:s.size] {
		s.book.read(entry)
	}
	if s.all = s.book; s.size < len(s.entries) {
		s.all = newLedger()
		for _, entry := range s.entries {
			s.all.read(entry)
		}
	}
	if o != nil && s.size > 0 && o["hour"] != s.book.hour(s.size-1, nil) {
		s.fail("site.json: another hour than the log's")
	}
	if st := s.book.published; st != nil && o["release"] != st.o["release"] {
		s.fail("site.json: another release than the log's")
	}
	if s.anchored == nil {
		return
	}
	for id := range s.anchored.roots {
		if s.all.elections[id] == nil {
			s.fail("%s: in the anchors, and not in the log", id)
		}
	}
	for _, el := range s.all.list {
		var ids []string
		for id, k := range named(s.all.byID[s.all.firstOf(el)]) {
			if k.body == "roots.kpu" {
				ids = append(ids, id)
			}
		}
		if anchored := s.anchored.roots[el.id]; len(anchored) > 0 && !alike(ids, anchored) {
			s.fail("%s: its first root keys are not those of the anchors", el.id)
		}
	}
}

// whole says what the anchors leave open.
func (s *site) whole(anchors *policy) {
	if anchors == nil {
		s.limit("the anchors are the site's own")
		return
	}
	if s.anchored.entry == "" {
		s.limit("the anchors do not name entry 0")
	}
	if anchors.quorum == "none" && s.all.origin["mode"] != "replay" {
		s.limit("the anchors ask for no witness")
	}
	for _, el := range s.all.list {
		if s.anchored.roots[el.id] == nil {
			s.limit("%s: an election that the anchors do not name", el.id)
		}
	}
}

// firstOf is the id of revision 1 of an election.
func (l *ledger) firstOf(el *election) string {
	st := el.st
	for st.o["previous"] != nil {
		st = l.byID[text(st.o, "previous")]
	}
	return st.id
}

// policyText is policy.txt as the log gives it.
func (l *ledger) policyText() string {
	p, _ := policyOf(l.origin)
	lines := append(p.logs[0].lines, "#rekap log "+l.entries[0].id)
	for _, el := range l.list {
		first := l.byID[l.firstOf(el)]
		ids := map[string]bool{}
		for _, k := range objects(child(child(first.o, "roots"), "kpu"), "keys") {
			ids[keyOf(k)] = true
		}
		lines = append(lines, strings.Join(append([]string{"#rekap root", el.id}, sortedKeys(ids)...), " "))
	}
	for _, section := range p.sections {
		lines = append(lines, section...)
	}
	return strings.Join(lines, "\n") + "\n"
}

// evidence checks the files of bukti/: the bytes of each entry and its proof.
func (s *site) evidence() {
	for i := range s.entries {
		copied, proof := fmt.Sprintf("bukti/%d.json", i), fmt.Sprintf("bukti/%d.tlog-proof", i)
		s.expected[copied], s.expected[proof] = true, true
		data, err := s.file(copied)
		switch {
		case err != nil && i >= s.size:
		case !bytes.Equal(data, s.entries[i]):
			s.fail("%s: not the entry", copied)
		}
		data, err = s.file(proof)
		switch {
		case err == nil:
			s.proof(proof, data, leafHash(s.entries[i]), i)
		case i < s.proved:
			s.fail("%s: missing", proof)
		}
	}
	for size := range s.sizes {
		s.needed(size)
	}
	if data, err := s.file("policy.txt"); err != nil {
		s.fail("policy.txt: missing")
	} else if string(data) != s.book.policyText() {
		text := string(data)
		s.policy = &text
	}
}

func (s *site) proof(path string, data []byte, leaf hash, i int) {
	index, point, err := openProof(data, leaf, s.key, s.own.keys...)
	switch {
	case err != nil || index != i:
		s.fail("%s: does not prove the entry", path)
	case point.size > s.point.size || s.tree.root(point.size) != point.root:
		s.fail("%s: a checkpoint of another log", path)
	case !s.own.met(point.keys):
		s.fail("%s: the policy is not met", path)
	default:
		s.sizes[point.size] = true
	}
}

// pages compares every twin with the log, and what HTML pages state with their twin. What states a later
// size than site.json, up to the checkpoint's, is held against the log as it was at that size.
func (s *site) pages() {
	later, foreign := map[int][]string{}, map[string][]string{}
	for _, p := range s.book.pages() {
		p.settle(num(s.twin(p.address), "as_of"))
		s.shown[p.address] = p.asOf
		s.page(s.book, p, later)
	}
	s.walk(".", func(path string) {
		if placed.MatchString(path) && !strings.HasPrefix(path, "cari/") && !s.expected[path] {
			address := strings.TrimPrefix(path[:strings.LastIndex(path, "/")+1], "en/")
			foreign[address] = append(foreign[address], path)
		}
	})
	for address := range foreign {
		if at := s.newer(s.twin(address)); at > 0 {
			later[at] = append(later[at], address)
		}
	}
	s.read(later)
	for _, paths := range foreign {
		for _, path := range paths {
			if !s.expected[path] {
				s.fail("%s: nothing expects it", path)
			}
		}
	}
	if len(later) > 0 {
		s.limit("some pages are newer than site.json: they are not of one moment")
	}
}

// read goes through the log once more for what may be of a later size than site.json.
func (s *site) read(later map[int][]string) {
	if len(later) == 0 && s.policy == nil {
		return
	}
	book := newLedger()
	for i, entry := range s.entries {
		book.read(entry)
		if i >= s.size && s.policy != nil && *s.policy == book.policyText() {
			s.policy = nil
			s.limit("policy.txt: newer than site.json")
		}
		wanted := map[string]bool{}
		for _, address := range later[i+1] {
			wanted[address] = true
		}
		if len(wanted) == 0 {
			continue
		}
		for _, p := range book.pages() {
			p.settle(i + 1)
			if wanted[p.address] && p.asOf == i+1 {
				s.page(book, p, nil)
				delete(wanted, p.address)
			}
		}
		for address := range wanted {
			s.fail("%sindex.json: as_of is not the log's", address)
		}
	}
	if s.policy != nil {
		s.fail("policy.txt: not what the log gives")
	}
}

// twin is that of an address, nil where there is none.
func (s *site) twin(address string) object {
	data, _ := s.file(address + "index.json")
	value, _ := parsePublic(data)
	twin, _ := value.(object)
	return twin
}

// newer is the as_of of a twin that site.json does not know yet and the log has signed for, else 0.
func (s *site) newer(twin object) int {
	if at := num(twin, "as_of"); at > s.size && at <= s.point.size && twin["root"] == root64(s.tree.root(at)) {
		return at
	}
	return 0
}

// page compares one page with a ledger; `later` takes the addresses of those that are ahead of it.
func (s *site) page(book *ledger, p page, later map[int][]string) {
	path := p.address + "index.json"
	data, err := s.file(path)
	twin := s.twin(p.address)
	s.expect(p)
	if err != nil || twin == nil {
		s.fail("%s: missing, or no twin", path)
		s.editions(p, path, nil, data)
		return
	}
	if at := s.newer(twin); at > 0 && later != nil {
		later[at] = append(later[at], p.address)
		return
	}
	wrong := func(what string) { s.fail("%s: %s is not the log's", path, what) }
	agree("address", twin["address"], p.address, wrong)
	agree("as_of", twin["as_of"], p.asOf, wrong)
	agree("root", twin["root"], root64(s.tree.root(p.asOf)), wrong)
	if p.asOf > 0 {
		agree("hour", twin["hour"], book.hour(p.asOf-1, twin), wrong)
	}
	agree("mode", twin["mode"], book.origin["mode"], wrong)
	agree("origin", twin["origin"], book.origin["log"], wrong)
	agree("simulated", twin["simulated"], book.simulated(p.address, twin), wrong)
	book.subject(p.address, twin, wrong)
	if p.check != nil {
		p.check(twin, wrong)
	}
	s.editions(p, path, twin, data)
}

// placed are pages of regions and TPS in a contest, and files of entries: here nothing else may stand.
var placed = regexp.MustCompile(`^(en/)?([^/]+/[^/]+/([0-9]{2,4}/)+index\.(html|json)|bukti/.+)$`)

// expect notes the files that a page has in both languages.
func (s *site) expect(p page) {
	for _, name := range []string{"index.json", "index.html"} {
		s.expected[p.address+name] = true
	}
	s.expected["en/"+p.address+"index.html"] = true
}

var meta = regexp.MustCompile(`<meta name="(as-of|twin)" content="([^"]*)">`)

// editions holds the pages of both languages against their twin.
func (s *site) editions(p page, path string, twin object, data []byte) {
	digest := sha256.Sum256(data)
	claims := has([]string{"tps", "region", "statement"}, text(twin, "page"))
	named := map[string]bool{}
	for _, language := range []string{"", "en/"} {
		html, err := s.file(language + p.address + "index.html")
		stated := map[string]string{}
		for _, m := range meta.FindAllSubmatch(html, -1) {
			stated[string(m[1])] = string(m[2])
		}
		at, _ := strconv.Atoi(stated["as-of"])
		if at == p.asOf {
			named[stated["twin"]] = true
		}
		before, stood := s.shown[p.address]
		switch early := p.asOf > s.size; {
		case early && !stood && err != nil: // its publisher has not come to it
		case err == nil && early && at == before, err == nil && !early && at > s.size && at <= s.point.size:
			s.limit("%s%sindex.html: of another moment than its twin", language, p.address)
		case err != nil || stated["as-of"] != fmt.Sprint(p.asOf):
			s.fail("%s%sindex.html: missing, or states another as_of", language, p.address)
		case claims && stated["twin"] != hex.EncodeToString(digest[:]):
			s.fail("%s%sindex.html: states another twin", language, p.address)
		}
	}
	if claims && len(named) == 1 && !named[hex.EncodeToString(digest[:])] {
		s.fail("%s: not the twin that both languages state", path)
	}
}
