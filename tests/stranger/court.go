package main

import (
	"sort"
	"strings"
)

// A docket is what courts said of one contest: the rulings in force by number, and all that took effect.
type docket struct {
	cases []string // numbers in the order of their first statements
	now   map[string]*statement
	past  map[string][]*statement // those that it replaced
}

func rulingFits(o object) bool {
	granted := o["state"] == "granted"
	if !granted && (o["annuls"] != nil || o["orders"] != nil) {
		return false
	}
	sorted := func(one object) bool {
		for _, name := range []string{"places", "except"} {
			places := texts(list(one, name))
			for n := 1; n < len(places); n++ {
				if places[n-1] >= places[n] {
					return false
				}
			}
		}
		return true
	}
	for _, one := range append(objects(o, "annuls"), objects(o, "orders")...) {
		if !sorted(one) {
			return false
		}
	}
	return revisionFits(o)
}

// aPlace is a region code, or a kelurahan with one of its TPS.
func aPlace(v any) bool {
	s, _ := v.(string)
	region, tps, inside := strings.Cut(s, "/")
	if !inside {
		return code(v)
	}
	return code(region) && levelOf(region) == "kelurahan" && tpsRule(tps)
}

func (el *election) docketOf(contest string) *docket {
	if el.dockets[contest] == nil {
		el.dockets[contest] = &docket{now: map[string]*statement{}, past: map[string][]*statement{}}
	}
	return el.dockets[contest]
}

// rule puts a ruling in force, for its number.
func (d *docket) rule(st *statement) {
	number := text(st.o, "number")
	if before := d.now[number]; before != nil {
		d.past[number] = append(d.past[number], before)
	} else {
		d.cases = append(d.cases, number)
	}
	d.now[number] = st
}

// rulingCondition is the reason why a ruling does not take effect, or "".
func (el *election) rulingCondition(o object) string {
	contest := text(o, "contest")
	c := el.contest(contest)
	if c == nil {
		return "contest"
	}
	if c["region"] != o["region"] {
		return "region"
	}
	for _, one := range objects(o, "annuls") {
		is := func(st *statement) bool { return st.id == text(one, "determination") }
		if one["determination"] != nil && !some(el.determined[contest], is) {
			return "target"
		}
	}
	before := el.docketOf(contest).now[text(o, "number")]
	if before != nil && !follows(o, before) || before == nil && num(o, "revision") != 1 {
		return "previous"
	}
	return ""
}

// annulled are the places for which a ruling annuls the determination in force; whole says that it does so everywhere.
func (el *election) annulled(contest string, st *statement) (places []string, whole bool) {
	now := el.decided[contest]
	for _, one := range objects(st.o, "annuls") {
		if now != nil && one["determination"] == now.id {
			places = append(places, texts(list(one, "places"))...)
			whole = whole || one["places"] == nil
		}
	}
	return places, whole
}

// begunAnew says whether the determination in force is annulled for the place of a slot.
func (el *election) begunAnew(s *slot) bool {
	for _, st := range el.docketOf(s.contest).now {
		places, whole := el.annulled(s.contest, st)
		holds := func(place string) bool {
			region, tps, _ := strings.Cut(place, "/")
			return tps == "" && within(s.region, region) || region == s.region && tps == s.tps
		}
		if whole || some(places, holds) {
			return true
		}
	}
	return false
}

// stands says where a contest stands, and by which ruling.
func (el *election) stands(contest string) (string, *statement) {
	d, now := el.docketOf(contest), el.decided[contest]
	var all, wholly, partly, open, later []*statement
	for _, number := range d.cases {
		all = append(all, d.now[number])
	}
	sort.Slice(all, func(a, b int) bool { return all[a].effect > all[b].effect })
	granted := false
	for _, st := range all {
		places, whole := el.annulled(contest, st)
		switch {
		case whole:
			wholly = append(wholly, st)
		case len(places) > 0:
			partly = append(partly, st)
		}
		if st.o["state"] == "registered" {
			open = append(open, st)
		}
		if now != nil && st.effect > now.effect {
			later = append(later, st)
			granted = granted || st.o["state"] == "granted"
		}
	}
	switch {
	case len(wholly) > 0:
		return "annulled", wholly[0]
	case len(partly) > 0:
		return "annulled-part", partly[0]
	case len(open) > 0:
		return "disputed", open[0]
	case now == nil:
		return "undetermined", nil
	case len(later) > 0 && !granted:
		return "refused", later[0]
	}
	return "determined", nil
}

// standingTwin is what a twin says of it.
func (el *election) standingTwin(contest string) object {
	state, st := el.stands(contest)
	if st == nil {
		return object{"state": state, "ruling": nil}
	}
	return object{"state": state, "ruling": object{"index": st.effect, "number": st.o["number"], "state": st.o["state"], "date": st.o["date"]}}
}

// rulingsTwin are the rulings in force about a contest, as a twin lists them.
func (el *election) rulingsTwin(contest string) []any {
	d, shown := el.docketOf(contest), []any{}
	for _, number := range d.cases {
		st, earlier := d.now[number], []any{}
		for _, before := range d.past[number] {
			earlier = append(earlier, before.effect)
		}
		filled := func(name string, empty object) []any {
			all := []any{}
			for _, one := range objects(st.o, name) {
				whole := object{}
				for field, value := range empty {
					whole[field] = value
				}
				for field, value := range one {
					whole[field] = value
				}
				all = append(all, whole)
			}
			return all
		}
		shown = append(shown, object{"number": number, "court": st.o["court"], "state": st.o["state"], "date": st.o["date"], "revision": st.o["revision"],
			"index": st.effect, "earlier": earlier, "annuls": filled("annuls", object{"determination": nil, "places": []any{}}),
			"orders": filled("orders", object{"places": []any{}, "except": []any{}, "days": nil})})
	}
	return shown
}
