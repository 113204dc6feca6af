package main

import (
	"fmt"
	"regexp"
)

// besides checks what the page of a region says in figures and states besides its form and its sum.
func (t *tally) besides(region string, twin object, fail func(string)) {
	own := certifies[levelOf(region)]
	agree("contested", twin["contested"], t.rivalled(own, region, "") || t.rivalled("summary", region, ""), fail)
	agree("contested_below", twin["contested_below"], t.rivals(region), fail)
	agree("source_has_c", twin["source_has_c"], t.sourceHasC(), fail)
	agree("ladder", list(twin, "ladder"), t.ladder(region), fail)
	t.column(parentOf(region), region, t.certified(region), twin, fail)
	t.kecamatanBelow(region, objects(twin, "kecamatan_below"), fail)
}

// rivals are the slots at and below a region that have two forms.
func (t *tally) rivals(region string) (n int) {
	for _, s := range t.el.slots {
		if s.contest == t.contest["id"] && holds(region, s.region) && s.contested() {
			n++
		}
	}
	return n
}

func (t *tally) rivalled(form, region, tps string) bool {
	s := t.slot(form, region, tps)
	return s != nil && s.contested()
}

// status of a TPS in one word.
func (t *tally) status(region, tps string) string {
	s := t.slot("c_hasil", region, tps)
	switch {
	case s != nil && s.contested():
		return "contested"
	case s != nil && s.head != nil:
		return "received"
	case some(t.l.forms(s), func(id string) bool { return t.l.byID[id].effect < 0 }):
		return "waiting"
	case t.sourceHasC():
		return "missing"
	}
	return "not-in-source"
}

// basis of the figures of a region in its parent's table.
func (t *tally) basis(region string) any {
	switch {
	case t.certified(region) != nil:
		return "certified"
	case t.sum(region).counted > 0:
		return "sum"
	}
	return nil
}

func revisionOf(st *statement) any {
	if st == nil {
		return nil
	}
	return st.o["revision"]
}

// ladder goes from the stations up to the region's own form, without empty levels.
func (t *tally) ladder(region string) []any {
	rungs, before := []any{}, object(nil)
	add := func(level, form, kind string, n int, expected any, fields object) {
		rung := object{"level": level, "form": form, "kind": kind, "count": n, "expected": expected, "fields": fields, "difference": nil}
		if before != nil {
			gaps := object{}
			for name := range fields {
				if before[name] != nil {
					gaps[name] = list(fields, name)[0].(int) - list(before, name)[0].(int)
				}
			}
			rung["difference"] = gaps
		}
		rungs, before = append(rungs, rung), fields
	}
	if s := t.sum(region); s.via() != "none" {
		add("tps", s.via(), "sum", s.counted-s.unexpected, count(s.expected), plain(s.figures))
	}
	for _, level := range []string{"kelurahan", "kecamatan", "kabko"} {
		n, figures := 0, map[string][2]int{}
		for _, s := range t.el.slots {
			if s.contest != t.contest["id"] || s.form != certifies[level] || s.head == nil || s.region == region || !holds(region, s.region) {
				continue
			}
			n++
			for name, value := range child(s.head.o, "figures") {
				figures[name] = [2]int{figures[name][0] + value.(int), figures[name][1] + 1}
			}
		}
		if n > 0 {
			add(level, certifies[level], "certified", n, t.places(region, level), plain(figures))
		}
	}
	if own := t.certified(region); own != nil {
		fields := object{}
		for name, value := range child(own.o, "figures") {
			fields[name] = []any{value, 1}
		}
		add(levelOf(region), certifies[levelOf(region)], "certified", 1, 1, fields)
	}
	return rungs
}

// places are the listed regions of a level below one, two levels down at most; nil: not known here.
func (t *tally) places(region, level string) any {
	listed := func(above string) (found []string) {
		for _, code := range t.children[above] {
			if t.lists(above, code) {
				found = append(found, code)
			}
		}
		return found
	}
	n, kids := 0, listed(region)
	for _, kid := range kids {
		if levelOf(kid) == level {
			n++
		}
		for _, below := range listed(kid) {
			if levelOf(below) == level {
				n++
			}
		}
	}
	if n == 0 {
		return nil
	}
	return n
}

// columnOf is what the D form of a region says of a place, nil if nothing.
func (t *tally) columnOf(above, place string) object {
	upper := t.certified(above)
	if upper == nil || upper.o["rows"] == nil {
		return nil
	}
	for n, name := range list(upper.o, "children") {
		if name != place {
			continue
		}
		said := object{}
		for name, row := range child(upper.o, "rows") {
			said[name] = row.([]any)[n]
		}
		return said
	}
	return nil
}

// apartFrom is column less form where they differ, and whether they can be called equal: no cell unknown, all votes in both.
func (t *tally) apartFrom(column object, own *statement) (object, bool) {
	gaps, figures, whole := object{}, object{}, own != nil
	if own != nil {
		figures = child(own.o, "figures")
	}
	for name, cell := range column {
		whole = whole && cell != nil
		if value, both := figures[name].(int); both && cell != nil && cell.(int) != value {
			gaps[name] = cell.(int) - value
		}
	}
	for n := range objects(t.contest, "pairs") {
		name := fmt.Sprintf("pair_%d", n+1)
		whole = whole && column[name] != nil && figures[name] != nil
	}
	return gaps, whole
}

// beside holds the form of a TPS against the column of its kelurahan's certificate.
func (t *tally) beside(region, tps string) object {
	own, column := t.head("c_hasil", region, tps), t.columnOf(region, tps)
	gaps, whole := t.apartFrom(column, own)
	switch {
	case own == nil:
		return object{"state": "no-sum", "difference": object{}}
	case column == nil:
		return object{"state": "no-certified", "difference": object{}}
	case len(gaps) > 0:
		return object{"state": "different", "difference": gaps}
	case whole:
		return object{"state": "same", "difference": gaps}
	}
	return object{"state": "partial", "difference": gaps}
}

// column checks what the D form above says of a place whose own form is given.
func (t *tally) column(above, place string, own *statement, twin object, fail func(string)) {
	said, shown := t.columnOf(above, place), child(twin, "column")
	if (said == nil) != (twin["column"] == nil) {
		fail("column")
	}
	if said == nil || shown == nil {
		return
	}
	gaps, whole := t.apartFrom(said, own)
	difference := any(gaps)
	if own != nil && len(gaps) == 0 && !whole {
		difference = nil
	}
	agree("column.form", shown["form"], certifies[levelOf(above)], fail)
	agree("column.index", shown["index"], t.certified(above).entries[0], fail)
	agree("column.figures", shown["figures"], any(said), fail)
	agree("column.difference", shown["difference"], difference, fail)
	agree("column.region", child(shown, "region")["code"], above, fail)
}

var shared = regexp.MustCompile(`^(pair_[0-9]+|valid|invalid)$`)

// kecamatanBelow checks the kecamatan of a provinsi in one table, if its page has room for them.
func (t *tally) kecamatanBelow(region string, shown []object, fail func(string)) {
	if len(shown) == 0 {
		return
	}
	var codes, real []string
	for _, kabko := range t.children[region] {
		real = append(real, t.children[kabko]...)
	}
	few := func(all object) object {
		o := object{}
		for name, value := range all {
			if shared.MatchString(name) {
				o[name] = value
			}
		}
		return o
	}
	for _, c := range shown {
		code := text(c, "code")
		codes = append(codes, code)
		figures := any(few(t.shown(code)))
		if len(figures.(object)) == 0 {
			figures = nil
		}
		agree("kecamatan_below.name", c["name"], any(t.el.names[code]), fail)
		agree("kecamatan_below.figures", c["figures"], figures, fail)
		agree("kecamatan_below.sum", c["sum"], any(few(plain(t.sum(code).figures))), fail)
		agree("kecamatan_below.stations", c["stations"], any(t.stations(code)), fail)
		agree("kecamatan_below.basis", c["basis"], t.basis(code), fail)
	}
	if fmt.Sprint(codes) != fmt.Sprint(real) {
		fail("kecamatan_below")
	}
}

// beforeAndAfter checks which form a form replaces, with its figures, and which one replaces it.
func (l *ledger) beforeAndAfter(e *entry, twin object, fail func(string)) {
	before, after, el := any(nil), any(nil), l.elections[text(e.o, "election")]
	told := func(st *statement) object {
		return object{"index": st.entries[0], "revision": st.o["revision"], "address": bukti(st.entries[0])}
	}
	if text(e.o, "kind") != "form" || el == nil {
		agree("before", twin["before"], nil, fail)
		if e.st != nil && e.st.by != nil && !has([]string{"determination", "elected", "ruling"}, text(e.o, "kind")) {
			after = object{"index": e.st.by.effect, "revision": e.st.by.o["revision"], "address": bukti(e.st.by.effect)}
			agree("after", twin["after"], after, fail)
		}
		return
	}
	for _, s := range el.slots {
		if s.contest != e.o["contest"] || s.form != e.o["form"] || s.region != e.o["region"] || s.tps != text(e.o, "tps") {
			continue
		}
		ids := l.forms(s)
		if previous := text(e.o, "previous"); has(ids, previous) {
			one := told(l.byID[previous])
			one["figures"] = l.byID[previous].o["figures"]
			before = one
		}
		for _, id := range ids {
			st := l.byID[id]
			if text(st.o, "previous") == e.id && has([]string{"head", "superseded"}, st.status) && e.st != nil && e.st.effect >= 0 {
				after = told(st)
			}
		}
	}
	shown := child(twin, "before")
	if shown != nil {
		agree("before", any(object{"index": shown["index"], "revision": shown["revision"], "address": shown["address"], "figures": shown["figures"]}), before, fail)
	} else {
		agree("before", nil, before, fail)
	}
	agree("after", twin["after"], after, fail)
}

var simulation = regexp.MustCompile(`[Ss][Ii][Mm][Uu][Ll][Aa][Ss][Ii]`)

// simulated says whether a page must say that its figures are invented.
func (l *ledger) simulated(address string, twin object) bool {
	named := func(el *election) bool {
		name := child(el.o, "name")
		return some([]string{text(el.o, "source"), text(name, "id"), text(name, "en")}, simulation.MatchString)
	}
	if l.origin["mode"] == "rehearsal" {
		return true
	}
	if el := l.elections[text(child(twin, "election"), "id")]; el != nil {
		return named(el)
	}
	return has([]string{"", "cari/", "tentang/"}, address) && some(l.list, named)
}
