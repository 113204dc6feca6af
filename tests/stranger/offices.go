package main

import (
	"fmt"
	"strings"
)

// A body is a set of keys of which k distinct persons must sign.
type body struct {
	name, election, region, tps string
	pair, k                     int
	organisation                string
	above                       bool   // observers: of the region, the TPS or a region above
	key                         string // one key alone
}

func (b body) has(k *key) bool {
	if b.key != "" {
		return k.id == b.key
	}
	if k.body != b.name || k.election != b.election || b.pair != 0 && k.pair != b.pair || b.organisation != "" && k.organisation != b.organisation {
		return false
	}
	if b.above {
		return within(b.region, k.region) && (k.tps == "" || k.tps == b.tps && k.region == b.region)
	}
	return k.region == b.region && k.tps == b.tps
}

func (b body) met(signers []*key) bool {
	persons := map[string]map[string]bool{"": {}} // of the body itself, and of each that acts for it
	for _, k := range signers {
		if b.has(k) {
			if persons[k.acting] == nil {
				persons[k.acting] = map[string]bool{}
			}
			persons[k.acting][k.person] = true
		}
	}
	for _, together := range persons {
		if len(together) >= b.k {
			return true
		}
	}
	return false
}

// A demand is met if one of the bodies in any is met, and all of those in all.
type demand struct{ any, all []body }

// met says whether enough have signed, and which is the last of the bodies in any that is met.
func (d demand) met(signers []*key) (bool, int) {
	met, last := len(d.any) == 0, 0
	for rank, b := range d.any {
		if b.met(signers) {
			met, last = true, rank
		}
	}
	for _, b := range d.all {
		met = met && b.met(signers)
	}
	return met, last
}

// demanded is the table of who must sign.
func (l *ledger) demanded(o object) demand {
	kind, region := text(o, "kind"), text(o, "region")
	first := l.origin
	if kind == "log" {
		first = o
	}
	operators := body{name: "operator", region: "id", k: num(child(first, "operators"), "k")}
	switch kind {
	case "log", "publication", "uploaders", "app", "close":
		return demand{all: []body{operators}}
	case "withhold":
		if num(o, "revision") == 1 {
			operators.k = 1
		}
		return demand{all: []body{operators}}
	case "clock":
		return demand{all: []body{{name: "log", region: "id", k: 1}}}
	case "election":
		if el := l.elections[text(o, "election")]; el != nil {
			return demand{all: []body{rootBody(el.o, "roots.kpu"), operators}}
		}
		need := demand{all: []body{rootBody(o, "roots.kpu"), operators}}
		for _, name := range followed(o) {
			if el := l.elections[name]; el != nil {
				need.all = append(need.all, rootBody(el.o, "roots.kpu"))
			}
		}
		return need
	}
	el := l.elections[text(o, "election")]
	switch kind {
	case "roster":
		switch levelOf(region) {
		case "", "provinsi":
			return demand{all: []body{rootBody(el.o, "roots.kpu")}}
		case "kabko":
			return demand{all: []body{el.province(region, el.threshold("roster", 2))}}
		}
		return demand{all: []body{el.body("kpu_kabko", region, el.threshold("roster", 2))}}
	case "grant":
		return demand{all: el.grants(text(o, "body"), region, num(o, "pair"))}
	case "revoke":
		k := l.keys[text(o, "keyid")]
		if k == nil || k.election != el.id || strings.HasPrefix(k.body, "roots") {
			return demand{all: []body{rootBody(el.o, "roots.kpu")}}
		}
		need := demand{any: el.grants(k.body, k.region, k.pair)}
		if o["suspect_from"] == nil {
			need.any = append(need.any, body{key: k.id, k: 1})
		}
		return need
	case "form":
		return demand{all: []body{el.signs(text(o, "form"), region, text(o, "tps"))}}
	case "determination", "elected", "ruling":
		determines := el.body("kpu_kabko", region, el.threshold("determination", 3))
		if levelOf(region) == "provinsi" {
			determines = el.province(region, el.threshold("determination", 3))
		}
		if kind == "ruling" {
			return demand{any: []body{rootBody(el.o, "roots.kpu"), determines}}
		}
		return demand{all: []body{determines}}
	case "recommendation":
		b := body{name: text(o, "body"), election: el.id, region: region, tps: text(o, "tps"), k: el.threshold("recommendation", 2)}
		if o["type"] == "advice" {
			b.k = 1
		}
		return demand{all: []body{b}}
	case "response":
		k := el.threshold("response", 2)
		if o["body"] == "kpu_prov" {
			return demand{all: []body{el.province(region, k)}}
		}
		return demand{all: []body{{name: text(o, "body"), election: el.id, region: region, tps: text(o, "tps"), k: k}}}
	case "copy":
		return demand{all: []body{{name: text(o, "body"), election: el.id, region: region, tps: text(o, "tps"), pair: num(o, "pair"), organisation: text(o, "organisation"), k: 1, above: true}}}
	case "pictures":
		own := el.signs(text(o, "form"), region, text(o, "tps"))
		if own.name != "roots.kpu" {
			own.k = 1
		}
		return demand{all: []body{own}}
	case "readiness":
		station := body{name: "kpps", election: el.id, region: region, tps: text(o, "tps"), k: 1}
		if o["step"] == "arrived" {
			return demand{all: []body{el.body("pps", region, 1), station}}
		}
		return demand{all: []body{station, el.body("ppk", region, 1)}}
	case "objection":
		return demand{all: []body{el.side(o, o)}}
	case "event":
		if has(supervisors, text(o, "body")) {
			return demand{all: []body{el.side(o, o)}}
		}
		own := el.signs(text(o, "form"), region, text(o, "tps"))
		if own.name != "roots.kpu" {
			own.k = 1
		}
		return demand{all: []body{own}}
	}
	return l.answers(o, el)
}

func rootBody(o object, name string) body {
	for _, root := range rootsOf(o) {
		if root.body == name {
			return body{name: name, election: text(o, "election"), region: "id", k: num(root.set, "k")}
		}
	}
	return body{name: "nobody", k: 1}
}

func (el *election) threshold(name string, usual int) int {
	if k := num(child(el.o, "policy"), name); k > 0 {
		return k
	}
	return usual
}

// body is one at the place of its level at or above the region.
func (el *election) body(name, region string, k int) body {
	for levelOf(region) != bodyLevels[name] && region != "id" {
		region = parentOf(region)
	}
	return body{name: name, election: el.id, region: region, k: k}
}

// province is P of the table.
func (el *election) province(region string, k int) body {
	for _, c := range objects(el.o, "contests") {
		if c["office"] == "governor" {
			return el.body("kpu_prov", region, k)
		}
	}
	return rootBody(el.o, "roots.kpu")
}

func (el *election) grants(name, region string, pair int) []body {
	k := el.threshold("grant", 2)
	switch name {
	case "kpu_prov":
		return []body{rootBody(el.o, "roots.kpu")}
	case "kpu_kabko":
		return []body{el.province(region, k)}
	case "ppk":
		return []body{el.body("kpu_kabko", region, k)}
	case "pps", "kpps":
		return []body{el.body("ppk", region, k)}
	case "bawaslu_prov", "bawaslu_kabko":
		return []body{rootBody(el.o, "roots.bawaslu")}
	case "panwascam", "pkd", "ptps":
		return []body{el.body("bawaslu_kabko", region, k)}
	case "pemantau":
		if levelOf(region) == "provinsi" {
			return []body{el.province(region, k)}
		}
		return []body{el.body("kpu_kabko", region, k)}
	}
	return []body{rootBody(el.o, fmt.Sprintf("roots.pairs.%d", pair))}
}

func (el *election) signs(form, region, tps string) body {
	k := el.threshold(form, 3)
	switch form {
	case "c_hasil":
		b := el.body("kpps", region, k)
		b.tps = tps
		return b
	case "d_hasil_kelurahan", "d_hasil_kecamatan":
		return el.body("ppk", region, k)
	case "d_hasil_kabko":
		return el.body("kpu_kabko", region, k)
	case "d_hasil_prov":
		return el.province(region, k)
	}
	return rootBody(el.o, "roots.kpu")
}

// judges are the bodies above the one that signs a form, the next one up first.
func (el *election) judges(form, region string, k int) []body {
	all := []body{el.body("ppk", region, k), el.body("kpu_kabko", region, k), el.province(region, k), rootBody(el.o, "roots.kpu")}
	from := map[string]int{"c_hasil": 0, "d_hasil_kelurahan": 1, "d_hasil_kecamatan": 1, "d_hasil_kabko": 2, "d_hasil_prov": 3, "summary": 3}
	return all[from[form]:]
}
