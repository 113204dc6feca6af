package main

import (
	"reflect"
	"sort"
)

// doubt asks after an entry which signatures and statements are suspect, and touches what shows a change.
func (l *ledger) doubt(i int, e *entry) {
	if e.st == nil {
		return
	}
	was := e.st.suspect
	e.st.suspect, e.st.doubted = l.suspect(e.st), l.doubted(e.st)
	if e.st.suspect != was {
		l.touchStatement(e.st, i+1)
	}
	kind := e.o["kind"]
	if !(kind == "revoke" && e.st.effect == i) && !(e.st.suspect != was && (kind == "revoke" || kind == "grant")) {
		return
	}
	for _, k := range l.keys {
		if from := l.start(k); from != k.from {
			k.from = from
			l.touchKey(l.elections[k.election], k, i+1)
		}
	}
	for _, st := range l.byID {
		suspect, doubted := l.suspect(st), l.doubted(st)
		if st != e.st && (suspect != st.suspect || !reflect.DeepEqual(doubted, st.doubted)) {
			l.touchStatement(st, i+1)
		}
		st.suspect, st.doubted = suspect, doubted
	}
}

// suspect says whether the signatures of a statement that are not suspect are too few.
func (l *ledger) suspect(st *statement) bool {
	var clean []*key
	for _, k := range st.signers {
		if !l.doubtful(k, st.since[k.id]) && !has(st.past, k.id) {
			clean = append(clean, k)
		}
	}
	met, _ := st.need.met(clean)
	met = met && (st.o["kind"] != "readiness" || st.need.byTwo(clean))
	return st.effect >= 0 && len(clean) < len(st.signers) && !met
}

func (l *ledger) doubted(st *statement) (ids []string) {
	for _, k := range st.signers {
		if l.doubtful(k, st.since[k.id]) {
			ids = append(ids, k.id)
		}
	}
	sort.Strings(ids)
	return ids
}

// doubtful says whether a signature that a key gave in an entry is suspect. Keys that no grant gave are above doubt.
func (l *ledger) doubtful(k *key, entry int) bool {
	grant := l.byID[k.grant]
	if grant == nil || grant.o["kind"] != "grant" {
		return false
	}
	from := l.start(k)
	return from >= 0 && from <= entry || l.suspect(grant)
}

// start is the first entry from which on a key is suspect, by revocations that are not, or -1.
func (l *ledger) start(k *key) int {
	from := -1
	for _, st := range k.doubts {
		if start := num(st.o, "suspect_from"); !l.suspect(st) && (from < 0 || start < from) {
			from = start
		}
	}
	return from
}

// inDoubt says whether a statement is marked K1: an accepted form is clean while one of those that carry it is.
func (st *statement) inDoubt() bool {
	carriers := []*statement{st}
	if st.slot != nil && st.slot.accepted == st {
		carriers = st.slot.carriers
	}
	return !some(carriers, func(one *statement) bool { return !one.suspect })
}
