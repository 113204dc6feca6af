package main

import (
	"bytes"
	"strings"
)

// first finds entry 0, which says whose log this is.
func (s *site) first() []byte {
	for width := 256; width > 0; width-- {
		data, _ := s.file("log/" + tilePath(-1, 0, width))
		if entries, ok := openBundle(data); ok && len(entries) > 0 {
			return entries[0]
		}
	}
	return nil
}

// open reads the key out of entry 0, and the checkpoint by it.
func (s *site) open(anchors *policy) {
	first := s.first()
	if first == nil && len(s.unread) > 0 {
		s.wait("entry 0: cannot be read")
		return
	}
	env, ok := openEnvelope(first)
	o, fits := openStatement(env.payload)
	if !ok || !fits || o["kind"] != "log" {
		s.fail("entry 0: missing, or no log statement")
		return
	}
	s.key, _ = parseVerifier(text(o, "log_key"))
	s.own, _ = policyOf(o)
	s.trust = s.own
	if anchors != nil {
		s.trust = *anchors
		s.anchored = s.trust.of(s.key)
		if s.anchored == nil {
			s.fail("entry 0: its log key is none of the anchors'")
		} else if s.anchored.entry != "" && s.anchored.entry != env.id {
			s.fail("entry 0: not the one of the anchors")
		}
	}
	note, err := s.file("log/checkpoint")
	if err == nil {
		s.point, err = openCheckpoint(note, s.key, s.trust.others(s.key)...)
	}
	if err == nil && !s.trust.alone(s.point.keys) {
		err = errTwo
	}
	if err != nil {
		s.fail("log/checkpoint: %v", err)
	} else if !s.trust.met(s.point.keys) {
		s.wait("log/checkpoint: the quorum is not met")
	}
}

// log reads all entries and compares every tile and bundle with them.
func (s *site) log() {
	size := s.point.size
	for n := 0; n*256 < size; n++ {
		width := min(256, size-n*256)
		path := "log/" + tilePath(-1, n, width)
		s.expected[path] = true
		data, err := s.file(path)
		entries, ok := openBundle(data)
		if err != nil || !ok || len(entries) != width {
			s.fail("%s: missing, or no bundle of %d entries", path, width)
			return
		}
		s.entries = append(s.entries, entries...)
	}
	s.tree = newTree(leaves(s.entries))
	if s.tree.root(size) != s.point.root {
		s.fail("log/checkpoint: another root than that of the entries")
		s.blame()
		return
	}
	s.needed(size)
	seen := map[hash]bool{}
	for i, leaf := range s.tree[0] {
		if seen[leaf] {
			s.fail("entry %d: logged before", i)
		}
		seen[leaf] = true
	}
	s.below()
}

// needed are the tiles and bundles of a size that was published: they stay for good.
func (s *site) needed(size int) {
	for level := -1; size>>(8*max(level, 0)) > 0; level++ {
		count := size >> (8 * max(level, 0))
		for n := 0; n*256 < count; n++ {
			path := "log/" + tilePath(level, n, min(256, count-n*256))
			if s.expected[path] {
				continue
			}
			s.expected[path] = true
			if _, err := s.file(path); err != nil {
				s.fail("%s: missing", path)
			}
		}
	}
}

func leaves(entries [][]byte) (all []hash) {
	for _, e := range entries {
		all = append(all, leafHash(e))
	}
	return all
}

// blame names the bundles and tiles that disagree, of which one is false.
func (s *site) blame() {
	for n := 0; n*256 < len(s.entries); n++ {
		width := min(256, len(s.entries)-n*256)
		path := "log/" + tilePath(0, n, width)
		if data, err := s.file(path); err != nil || !bytes.Equal(data, tileBytes(s.entries, s.tree, 0, n, width)) {
			s.fail("%s: not the hashes of its bundle", path)
			s.fail("log/%s: not the entries of its tile", tilePath(-1, n, width))
		}
	}
}

// below holds every file of the log against the entries, those that are ahead of the checkpoint too.
func (s *site) below() {
	all := s.ahead()
	grown := newTree(leaves(all))
	s.walk("log", func(path string) {
		name := strings.TrimPrefix(path, "log/")
		data, err := s.file(path)
		level, n, width, ok := parseTile(name)
		real := tileBytes(all, grown, level, n, width)
		switch {
		case name == "checkpoint" || name == "status.json" && s.status(data):
		case !ok || err != nil || real == nil || !bytes.Equal(data, real):
			s.fail("%s: not what the entries give", path)
		case (n*256+width)<<(8*max(level, 0)) > s.point.size:
			s.wait("%s: ahead of log/checkpoint", path)
		}
	})
}

// ahead are the entries with those of bundles that go on from the checkpoint without a gap.
func (s *site) ahead() [][]byte {
	all := append([][]byte{}, s.entries...)
	for n := len(all) / 256; ; n++ {
		found := false
		for width := 256; width > 0 && n*256+width > len(all); width-- {
			data, err := s.file("log/" + tilePath(-1, n, width))
			entries, ok := openBundle(data)
			if err != nil || !ok || len(entries) != width {
				continue
			}
			known := len(all) - n*256
			if bytes.Equal(tileBytes(all, nil, -1, n, known), tileBytes(entries, nil, -1, 0, known)) {
				all, found = append(all, entries[known:]...), true
				break
			}
		}
		if !found || len(all)%256 != 0 {
			return all
		}
	}
}

// status says whether log/status.json has its form; what it says is a claim of the writer.
func (s *site) status(data []byte) bool {
	value, err := parsePublic(data)
	reason, number := match("[ -~]{0,500}"), between(0, 1<<53-1)
	witness := fields{"again": number, "name": match("[!-~]{1,128}"), "size": number}
	shape := fields{"origin": func(v any) bool { return v == s.key.name }, "reason": reason,
		"witnesses?": listOf(64, witness.fit), "writer": oneOf("running stopped")}
	if err != nil || len(data) > 16384 || !shape.fit(value) {
		return false
	}
	last := ""
	for _, one := range objects(value.(object), "witnesses") {
		if text(one, "name") <= last {
			return false
		}
		last = text(one, "name")
	}
	return true
}

// tileBytes are those of a tile or bundle (level -1); nil if the entries do not reach its end.
func tileBytes(entries [][]byte, t tree, level, n, width int) (data []byte) {
	first, end := n*256, n*256+width
	switch {
	case level < 0 && end <= len(entries):
		for _, e := range entries[first:end] {
			data = append(append(data, byte(len(e)>>8), byte(len(e))), e...)
		}
	case level >= 0 && 8*level < len(t) && end <= len(t[8*level]):
		for _, h := range t[8*level][first:end] {
			data = append(data, h[:]...)
		}
	}
	return data
}
