package main

import (
	"errors"
	"strconv"
	"strings"
)

// A block is a log with its own anchors: id of entry 0, or "", and the first root keys of elections.
type block struct {
	key   verifier
	entry string
	roots map[string][]string
	lines []string // as they are published
}

// A policy is a C2SP tlog-policy with the anchors of docs/formats.md.
type policy struct {
	logs     []block
	keys     []verifier
	groups   map[string]group // a witness is a group of one key
	quorum   string
	sections [3][]string     // lines of witness, group, quorum as they are published
	seen     map[string]bool // public keys, members of groups
}

type group struct {
	need    int
	members []string
	key     string
}

var forbidden = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f"

var errPolicy = errors.New("not a trust policy")

func parsePolicy(text string) (policy, error) {
	p := policy{groups: map[string]group{}, seen: map[string]bool{}}
	if len(text) > 131072 || !strings.HasSuffix(text, "\n") || strings.ContainsAny(text, forbidden) {
		return p, errPolicy
	}
	for _, line := range strings.Split(text, "\n") {
		words := strings.FieldsFunc(line, func(c rune) bool { return c == ' ' || c == '\t' })
		if len(words) == 0 {
			continue
		}
		kind, args := words[0], words[1:]
		ok, section := true, -1
		switch {
		case kind == "#rekap" && len(args) > 0 && (args[0] == "log" || args[0] == "root"):
			ok = p.anchor(args)
		case kind[0] == '#':
		case kind == "log" && len(args) >= 1 && len(args) <= 2:
			key, err := parseVerifier(args[0])
			ok = err == nil && key.kind == 1 && p.once("log "+string(key.public))
			p.logs = append(p.logs, block{key: key, roots: map[string][]string{}, lines: []string{strings.Join(words, " ")}})
		case kind == "witness" && len(args) >= 2 && len(args) <= 3:
			key, err := parseVerifier(args[1])
			_, twice := p.groups[args[0]]
			ok = err == nil && key.kind == 4 && p.once("key "+string(key.public)) && !twice && args[0] != "none"
			p.keys = append(p.keys, key)
			p.groups[args[0]] = group{key: args[1]}
			section = 0
		case kind == "group" && len(args) >= 3:
			ok = p.group(args)
			section = 1
		case kind == "quorum" && len(args) == 1:
			_, known := p.groups[args[0]]
			ok = p.quorum == "" && (known || args[0] == "none")
			p.quorum = args[0]
			section = 2
		default:
			ok = false
		}
		if !ok {
			return p, errPolicy
		}
		if section >= 0 {
			p.sections[section] = append(p.sections[section], strings.Join(words, " "))
		}
	}
	if p.quorum == "" {
		return p, errPolicy
	}
	return p, nil
}

func (p *policy) group(args []string) bool {
	members := args[2:]
	need, err := strconv.Atoi(args[1])
	switch args[1] {
	case "any":
		need, err = 1, nil
	case "all":
		need, err = len(members), nil
	}
	_, twice := p.groups[args[0]]
	for _, name := range members {
		if _, known := p.groups[name]; !known || !p.once("member "+name) {
			return false
		}
	}
	p.groups[args[0]] = group{need: need, members: members}
	digits := args[1] == "any" || args[1] == "all" || strconv.Itoa(need) == args[1]
	args[1] = strconv.Itoa(need)
	return err == nil && digits && need >= 1 && need <= len(members) && !twice && args[0] != "none"
}

// once says whether something stands in the policy for the first time.
func (p *policy) once(name string) bool {
	before := p.seen[name]
	p.seen[name] = true
	return !before
}

// anchor reads a line of the block above it.
func (p *policy) anchor(args []string) bool {
	if len(p.logs) == 0 {
		return false
	}
	b := &p.logs[len(p.logs)-1]
	switch {
	case len(args) == 2 && args[0] == "log" && b.entry == "" && isHex(64)(args[1]):
		b.entry = args[1]
		return true
	case len(args) >= 3 && args[0] == "root" && idRule(args[1]) && b.roots[args[1]] == nil:
		seen := map[string]bool{}
		for _, id := range args[2:] {
			if !isHex(32)(id) || seen[id] {
				return false
			}
			seen[id] = true
		}
		b.roots[args[1]] = args[2:]
		return true
	}
	return false
}

// met says whether the keys that signed a checkpoint are enough.
func (p policy) met(signed []verifier) bool {
	by := map[string]bool{}
	for _, key := range signed {
		by[key.text] = true
	}
	var reached func(name string) bool
	reached = func(name string) bool {
		g := p.groups[name]
		if g.key != "" {
			return by[g.key]
		}
		count := 0
		for _, member := range g.members {
			if reached(member) {
				count++
			}
		}
		return count >= g.need
	}
	logs := len(p.logs) == 0 || p.alone(signed) && some(p.logs, func(b block) bool { return by[b.key.text] })
	return logs && (p.quorum == "none" || reached(p.quorum))
}

// of is the block of a log.
func (p policy) of(key verifier) *block {
	for n := range p.logs {
		if p.logs[n].key.text == key.text {
			return &p.logs[n]
		}
	}
	return nil
}

// others are the keys that may sign a checkpoint of a log besides it.
func (p policy) others(key verifier) []verifier {
	all := append([]verifier{}, p.keys...)
	for _, b := range p.logs {
		if b.key.text != key.text {
			all = append(all, b.key)
		}
	}
	return all
}

// alone says whether no two logs of the policy are among the keys.
func (p policy) alone(keys []verifier) bool {
	logs := 0
	for _, key := range keys {
		if p.of(key) != nil {
			logs++
		}
	}
	return logs < 2
}
