package main

import (
	"sort"
	"strings"
)

// An evidence gathers the entries that prove a page.
type evidence struct {
	l      *ledger
	found  map[int]bool
	proved map[*statement]bool
}

func (l *ledger) evidence() evidence {
	return evidence{l, map[int]bool{}, map[*statement]bool{}}
}

// proof adds the entries by which a statement took effect, those that gave their signers' keys, those by
// which the election's revision then in force and the revision that it replaced took effect, and so on.
func (ev evidence) proof(st *statement) {
	if st != nil && !ev.proved[st] {
		ev.proved[st] = true
		ev.until(st, st.effect)
	}
}

// chain adds the same with every later signature.
func (ev evidence) chain(st *statement) {
	if st != nil {
		ev.until(st, len(ev.l.entries))
	}
}

// shown adds the chain of a form that a page shows, and its hour.
func (ev evidence) shown(st *statement) {
	if st != nil {
		ev.chain(st)
		ev.hour(st.entries[0])
	}
}

// ruled adds what proves the rulings of which a page of a place tells, and at the contest's own region all decisions.
func (ev evidence) ruled(t *tally, place string) {
	region, tps, _ := strings.Cut(place, "/")
	contest := text(t.contest, "id")
	for _, one := range append(t.el.ruledTwin(contest, region, tps), t.el.leftOutTwin(contest, place)...) {
		ev.proof(ev.l.entries[one.(object)["index"].(int)].st)
	}
	if place != t.contest["region"] {
		return
	}
	for _, st := range t.el.docketOf(contest).now {
		ev.proof(st)
	}
	for _, all := range [][]*statement{t.el.determined[contest], t.el.elected[contest]} {
		if st := last(all); st != nil {
			ev.proof(st)
		}
	}
}

// hour adds the clock that says when an entry came, if one does.
func (ev evidence) hour(i int) {
	if clock := ev.l.entries[i].clock; clock > 0 {
		ev.found[clock] = true
	}
}

func (ev evidence) until(st *statement, last int) {
	newest := 0
	for _, i := range st.entries {
		if i > last {
			continue
		}
		newest = i
		ev.found[i] = true
		for _, k := range ev.l.entries[i].fresh {
			if k.grant != st.id {
				ev.proof(ev.l.byID[k.grant])
			}
		}
	}
	for _, added := range ev.l.added {
		if added.effect < newest {
			ev.proof(added)
		}
	}
	if el := ev.l.elections[text(st.o, "election")]; el != nil {
		ev.proof(ev.l.revision(el, newest))
	}
	if text(st.o, "kind") == "election" {
		before := st.effect
		if before < 0 {
			before = newest
		}
		for _, name := range followed(st.o) { // what it follows, as it was then
			if other := ev.l.elections[name]; other != nil {
				ev.proof(ev.l.revision(other, before))
			}
		}
	}
	switch kind := text(st.o, "kind"); kind {
	case "election", "roster", "determination", "elected", "ruling", "recommendation", "response", "withhold":
		if st.effect >= 0 {
			ev.proof(ev.l.byID[text(st.o, "previous")])
		}
		if st.effect >= 0 && kind == "determination" {
			ev.proof(ev.l.byID[text(st.o, "certificate")])
		}
		if st.effect >= 0 && kind == "withhold" {
			ev.proof(ev.l.namedFirst(text(st.o, "digest")))
		}
		if st.effect >= 0 && kind == "response" {
			ev.proof(ev.l.byID[text(st.o, "paper")])
		}
	}
}

// revision is the one of an election that was in force before an entry.
func (l *ledger) revision(el *election, before int) *statement {
	rev := el.st
	for rev != nil && rev.effect >= before {
		rev = l.byID[text(rev.o, "previous")]
	}
	return rev
}

// names adds the election's revision and the rosters in force of a region and of all above it.
func (ev evidence) names(el *election, region string) {
	ev.proof(el.st)
	ev.proof(el.rosters["id"].st)
	for code := region; code != "" && code != "id"; code = code[:max(strings.LastIndex(code, "."), 0)] {
		ev.proof(el.rosters[code].st)
	}
}

// stations compares what a kelurahan names for each TPS: at most 1,000 entries that its page does not name itself.
func (ev evidence) stations(t *tally, region string, twin object, fail func(string)) {
	left := 1000
	for _, tps := range objects(twin, "children") {
		own := ev.l.evidence()
		own.proof(t.head("c_hasil", region, text(tps, "code")))
		for i := range ev.found {
			delete(own.found, i)
		}
		if left -= len(own.found); left < 0 {
			own = ev.l.evidence()
		}
		own.check(tps, fail)
	}
}

// check compares with what a twin names.
func (ev evidence) check(twin object, fail func(string)) {
	var all []int
	for i := range ev.found {
		all = append(all, i)
	}
	sort.Ints(all)
	real := []any{}
	for _, i := range all {
		real = append(real, i)
	}
	agree("evidence", twin["evidence"], any(real), fail)
}
