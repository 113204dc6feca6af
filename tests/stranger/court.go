package main

import (
	"regexp"
	"sort"
	"strings"
	"time"
)

// A docket is what courts said of one contest: the rulings in force by number, and all that took effect.
type docket struct {
	cases []string // numbers in the order of their first statements
	now   map[string]*statement
	past  map[string][]*statement // those that it replaced
}

// heldAgain is what a court has TPS do again, and the count of the form that comes of it.
var heldAgain = map[string]string{"repeat-vote": "repeat", "recount": "recount"}

// ruledPlaces are those of which a ruling is told there, above and below; the contest's own region where it names none.
func ruledPlaces(o object) []string {
	places := []string{}
	for _, one := range append(objects(o, "annuls"), objects(o, "orders")...) {
		places = append(append(places, texts(list(one, "places"))...), texts(list(one, "except"))...)
		if heldAgain[text(one, "what")] != "" && one["places"] == nil {
			places = append(places, text(o, "region"))
		}
	}
	return places
}

// grants says whether a ruling grants a case, wholly or in part.
func grants(o object) bool { return has([]string{"granted", "granted-part"}, text(o, "state")) }

// granted is the entry from which on a case has been granted.
func (d *docket) granted(number string) int {
	all := append(append([]*statement{}, d.past[number]...), d.now[number])
	since := -1
	for _, st := range all {
		if !grants(st.o) {
			since = -1
		} else if since < 0 {
			since = st.effect
		}
	}
	return since
}

// liesIn tells whether a place is another or lies in it.
func liesIn(place, other string) bool {
	region, _, _ := strings.Cut(place, "/")
	return place == other || !strings.Contains(other, "/") && within(region, other)
}

// saidAt are the places in a place that a part of a ruling names, and whether it says anything of it: none is all of it.
func saidAt(one object, place string) (inside []string, says bool) {
	if some(texts(list(one, "except")), func(other string) bool { return liesIn(place, other) }) {
		return nil, false
	}
	named := texts(list(one, "places"))
	if one["places"] == nil || some(named, func(other string) bool { return liesIn(place, other) }) {
		return nil, true
	}
	for _, other := range named {
		if liesIn(other, place) {
			inside = append(inside, other)
		}
	}
	return inside, len(inside) > 0
}

// received is of how many TPS the form that counts is of what a court ordered, and came behind it; nil where they are none.
func (el *election) received(contest string, st *statement, order object, places []string) any {
	n, held := 0, heldAgain[text(order, "what")]
	if held == "" || len(places) == 0 || some(places, func(place string) bool { return !strings.Contains(place, "/") }) {
		return nil
	}
	since := el.docketOf(contest).granted(spelled(st.o["number"]))
	for _, place := range places {
		s := el.slots[contest+"/c_hasil/"+place]
		if s != nil && s.head != nil && s.head.effect > since && text(s.head.o, "count") == held {
			n++
		}
	}
	return n
}

// newest are the rulings in force of a contest that are no mistake, the last first.
func (d *docket) newest() []*statement {
	var all []*statement
	for _, number := range d.cases {
		if st := d.now[number]; st.o["state"] != "mistaken" {
			all = append(all, st)
		}
	}
	sort.Slice(all, func(a, b int) bool { return all[a].effect > all[b].effect })
	return all
}

// ruledTwin is what courts annul and order at a place below the contest's region.
func (el *election) ruledTwin(contest, region, tps string) []any {
	shown, place := []any{}, strings.TrimSuffix(region+"/"+tps, "/")
	if place == el.contest(contest)["region"] {
		return shown
	}
	for _, st := range el.docketOf(contest).newest() {
		annuls, orders, tell := []any{}, []any{}, false
		for _, one := range objects(st.o, "annuls") {
			if inside, says := saidAt(one, place); says {
				tell = tell || one["places"] != nil
				annuls = append(annuls, object{"decision": one["decision"], "wholly": one["places"] == nil, "places": el.placesTwin(inside)})
			}
		}
		for _, one := range objects(st.o, "orders") {
			inside, says := saidAt(one, place)
			if !says || one["places"] == nil && heldAgain[text(one, "what")] == "" {
				continue
			}
			asked := inside
			if tps != "" {
				asked = []string{place}
			}
			orders = append(orders, object{"what": one["what"], "by": one["by"], "days": one["days"], "places": el.placesTwin(inside), "received": el.received(contest, st, one, asked)})
		}
		if tell || len(orders) > 0 {
			marks := []any{}
			if has(st.marks(), "K1") {
				marks = append(marks, "K1")
			}
			shown = append(shown, object{"index": st.effect, "number": st.o["number"], "date": st.o["date"], "annuls": annuls, "orders": orders, "marks": marks})
		}
	}
	return shown
}

// awaited is what the last court had done again at a TPS whose form does not show it yet, or nil.
func (el *election) awaited(contest, region, tps string) any {
	for _, said := range el.ruledTwin(contest, region, tps) {
		for _, one := range said.(object)["orders"].([]any) {
			if order := one.(object); order["received"] == 0 {
				return order["what"]
			}
		}
	}
	return nil
}

// isAfter says whether a time or date is after another: by their days if one of them is a date.
func isAfter(one, other string) bool {
	if min(len(one), len(other)) == 10 {
		return one[:10] > other[:10]
	}
	first, _ := time.Parse(time.RFC3339, one)
	second, _ := time.Parse(time.RFC3339, other)
	return first.After(second)
}

// determinationFits asks that nothing is announced before it is decided.
func determinationFits(o object) bool {
	decided := text(o, "decided_at")
	return revisionFits(o) && (decided == "" || !isAfter(decided, text(o, "announced_at")))
}

// isCertificate says whether an id is that of a D form of the contest's own region that took effect.
func (el *election) isCertificate(o object, st *statement) bool {
	if st == nil || st.effect < 0 || st.slot == nil || st.o["kind"] != "form" {
		return false
	}
	s := st.slot
	return s == el.slots[s.name] && s.contest == o["contest"] && s.region == o["region"] && s.form == certifies[levelOf(s.region)]
}

func rulingFits(o object) bool {
	granted, top := grants(o), text(o, "region")
	if !granted && (o["annuls"] != nil || o["orders"] != nil) || o["state"] == "mistaken" && num(o, "revision") == 1 {
		return false
	}
	sorted := func(one object) bool {
		for _, name := range []string{"places", "except"} {
			places := texts(list(one, name))
			for n, place := range places {
				below := strings.HasPrefix(place, top+".") || strings.HasPrefix(place, top+"/")
				if !below || n > 0 && places[n-1] >= place {
					return false
				}
			}
		}
		return one["places"] == nil || one["except"] == nil
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

var wordsOfNumber = regexp.MustCompile("[A-Za-z0-9]+")

// spelled is what a number of a decision or case is, however it is written.
func spelled(v any) string {
	number, _ := v.(string)
	var kept []string
	for _, word := range wordsOfNumber.FindAllString(number, -1) {
		if word = strings.ToLower(word); strings.Trim(word, "0123456789") == "" {
			word = strings.TrimLeft(word[:len(word)-1], "0") + word[len(word)-1:]
		}
		if !has([]string{"nomor", "no", "tahun", "keputusan", "putusan"}, word) {
			kept = append(kept, word)
		}
	}
	if len(kept) == 0 {
		return number
	}
	return strings.Join(kept, " ")
}

// rule puts a ruling in force, for its number.
func (d *docket) rule(st *statement) {
	number := spelled(st.o["number"])
	if before := d.now[number]; before != nil {
		d.past[number] = append(d.past[number], before)
	} else {
		d.cases = append(d.cases, number)
	}
	d.now[number] = st
}

// leftOut are the places that a court leaves out of the total: there no sum is held against what is below.
func (el *election) leftOut(contest string) fields {
	places := fields{}
	for _, st := range el.docketOf(contest).now {
		for _, place := range omitted(st) {
			places[place] = boolean
		}
	}
	return places
}

// omitted are the places that a ruling leaves out of the total.
func omitted(st *statement) []string {
	var places []string
	for _, order := range objects(st.o, "orders") {
		if order["what"] == "retabulate" {
			places = append(places, texts(list(order, "except"))...)
		}
	}
	return places
}

// leftOutTwin are the rulings that leave a place, what holds it, or places in it out of the total, the last first.
func (el *election) leftOutTwin(contest, here string) []any {
	shown := []any{}
	for _, st := range el.docketOf(contest).newest() {
		var places []string
		for _, place := range omitted(st) {
			if liesIn(place, here) || liesIn(here, place) {
				places = append(places, place)
			}
		}
		if len(places) > 0 {
			shown = append(shown, object{"index": st.effect, "number": st.o["number"], "places": el.placesTwin(places)})
		}
	}
	return shown
}

// holds tells whether a place is a region or lies in it.
func holds(region, place string) bool {
	code, _, _ := strings.Cut(place, "/")
	return code == region || strings.HasPrefix(code, region+".")
}

// last is the newest of some statements, or nil.
func last(all []*statement) *statement {
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// ofWholeContest is the reason why a statement does not speak of a contest in its own region, or "".
func (el *election) ofWholeContest(o object) string {
	c := el.contest(text(o, "contest"))
	switch {
	case c == nil:
		return "contest"
	case c["region"] != o["region"]:
		return "region"
	}
	return ""
}

// electedCondition is the reason why nobody is said to be elected, or "".
func (el *election) electedCondition(o object) string {
	if reason := el.ofWholeContest(o); reason != "" {
		return reason
	}
	contest := text(o, "contest")
	isEmpty := func(pair object) bool { return pair["empty_column"] != nil }
	pairs, pair := objects(el.contest(contest), "pairs"), num(o, "pair")
	if o["pair"] != nil && pair > len(pairs) {
		return "pairs"
	}
	if o["pair"] != nil && isEmpty(pairs[pair-1]) || o["pair"] == nil && !some(pairs, isEmpty) {
		return "empty-column"
	}
	if !continues(o, last(el.elected[contest])) {
		return "previous"
	}
	return ""
}

// isElected says whether somebody is elected by the determination in force: announced after it, or at the same time and
// said after it.
func (el *election) isElected(contest string, now *statement) bool {
	chosen := last(el.elected[contest])
	if chosen == nil {
		return false
	}
	one, other := text(chosen.o, "announced_at"), text(now.o, "announced_at")
	return isAfter(one, other) || !isAfter(other, one) && el.firstSaid(contest, now) < chosen.effect
}

// firstSaid is the entry of the first determination of the same number as the one in force.
func (el *election) firstSaid(contest string, now *statement) int {
	for _, one := range el.determined[contest] {
		if spelled(one.o["number"]) == spelled(now.o["number"]) {
			return one.effect
		}
	}
	return now.effect
}

// rulingCondition is the reason why a ruling does not take effect, or "".
func (el *election) rulingCondition(o object) string {
	if reason := el.ofWholeContest(o); reason != "" {
		return reason
	}
	if !continues(o, el.docketOf(text(o, "contest")).now[spelled(o["number"])]) {
		return "previous"
	}
	return ""
}

// annulled are the places for which a ruling annuls the determination in force; whole says that it does so everywhere.
func (el *election) annulled(contest string, st *statement) (places []string, whole bool) {
	now := el.decided[contest]
	for _, one := range objects(st.o, "annuls") {
		if now != nil && spelled(one["decision"]) == spelled(now.o["number"]) {
			places = append(places, texts(list(one, "places"))...)
			whole = whole || one["places"] == nil
		}
	}
	return places, whole
}

// begunAnew says whether the determination in force is annulled for the place of a slot, or for one in it.
func (el *election) begunAnew(s *slot) bool {
	for _, st := range el.docketOf(s.contest).now {
		places, whole := el.annulled(s.contest, st)
		holds := func(place string) bool {
			region, tps, _ := strings.Cut(place, "/")
			above, inside := tps == "" && within(s.region, region), s.tps == "" && within(region, s.region)
			return above || inside || region == s.region && tps == s.tps
		}
		if whole || some(places, holds) {
			return true
		}
	}
	return false
}

// about says whether a ruling is about the determination in force, by the order of the log: an open one always is, one
// that granted until a determination follows that rests on it, any other until a decision of another number does.
func (el *election) about(contest string, st, now *statement) bool {
	switch st.o["state"] {
	case "registered":
		return true
	case "granted", "granted-part":
		return now.effect < st.effect || now.o["basis"] == "first" || now.o["basis"] == "correction"
	}
	if st.o["against"] != nil {
		return spelled(st.o["against"]) == spelled(now.o["number"])
	}
	return el.firstSaid(contest, now) < st.effect
}

// stands says where a contest stands, by which rulings, and which about its determination are open, the last first.
func (el *election) stands(contest string) (string, []*statement, []*statement) {
	d, now := el.docketOf(contest), el.decided[contest]
	var wholly, partly, open, granted, ended []*statement
	for _, st := range d.newest() {
		places, whole := el.annulled(contest, st)
		switch {
		case whole:
			wholly = append(wholly, st)
		case len(places) > 0:
			partly = append(partly, st)
		}
		if now != nil && !el.about(contest, st, now) {
			continue
		}
		switch st.o["state"] {
		case "registered":
			open = append(open, st)
		case "granted", "granted-part":
			granted = append(granted, st)
		}
		ended = append(ended, st)
	}
	switch {
	case len(wholly) > 0:
		return "annulled", wholly, open
	case len(partly) > 0:
		return "annulled-part", partly, open
	case len(granted) > 0:
		return "granted", granted, open
	case len(open) > 0:
		return "disputed", open, open
	case now == nil:
		return "undetermined", nil, open
	case el.isElected(contest, now):
		return "elected", nil, open
	case len(ended) > 0:
		return "refused", ended, open
	}
	return "determined", nil, open
}

// decisions are all that took effect about the result of a contest.
func (el *election) decisions(contest string) []*statement {
	d := el.docketOf(contest)
	all := append(append([]*statement{}, el.determined[contest]...), el.elected[contest]...)
	for _, number := range d.cases {
		all = append(append(all, d.past[number]...), d.now[number])
	}
	return all
}

// became says what a statement that took effect is by now.
func (el *election) became(st *statement) string {
	kind, contest, number := text(st.o, "kind"), text(st.o, "contest"), spelled(st.o["number"])
	part, now := false, st
	switch kind {
	case "determination":
		now = el.decided[contest]
		for _, ruling := range el.docketOf(contest).now {
			for _, one := range objects(ruling.o, "annuls") {
				if spelled(one["decision"]) == number && one["places"] == nil {
					return "annulled"
				}
				part = part || spelled(one["decision"]) == number
			}
		}
	case "elected":
		now = last(el.elected[contest])
		if now == st && el.isUnbacked(contest) {
			return "unbacked"
		}
	case "ruling":
		now = el.docketOf(contest).now[number]
	}
	switch {
	case now != st && kind == "ruling" && now.o["state"] == "mistaken":
		return "mistaken"
	case now != st:
		return "superseded"
	case part:
		return "annulled-part"
	}
	return "effective"
}

// isUnbacked says whether who is elected is so by no determination in force, or by one that is annulled, for places too.
func (el *election) isUnbacked(contest string) bool {
	now := el.decided[contest]
	state, _, _ := el.stands(contest)
	return now == nil || !el.isElected(contest, now) || state == "annulled" || state == "annulled-part"
}

// standingTwin is what a twin says of it.
func (el *election) standingTwin(contest string) object {
	state, told, open := el.stands(contest)
	named := func(all []*statement) []any {
		shown := []any{}
		for _, st := range all {
			shown = append(shown, object{"index": st.effect, "number": st.o["number"], "state": st.o["state"], "date": st.o["date"], "against": st.o["against"]})
		}
		return shown
	}
	return object{"state": state, "rulings": named(told), "open": named(open)}
}

// rulingsTwin are the rulings in force about a contest, as a twin lists them.
func (el *election) rulingsTwin(contest string) []any {
	d, shown := el.docketOf(contest), []any{}
	for _, number := range d.cases {
		st, earlier, registered := d.now[number], []any{}, any(nil)
		for _, before := range append(append([]*statement{}, d.past[number]...), st) {
			if before != st {
				earlier = append(earlier, before.effect)
			}
			if before.o["state"] == "registered" {
				registered = before.o["date"]
			}
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
				for _, lists := range []string{"places", "except"} {
					if one[lists] != nil {
						whole[lists] = el.placesTwin(texts(list(one, lists)))
					}
				}
				if name == "orders" {
					whole["received"] = el.received(contest, st, one, texts(list(one, "places")))
				}
				all = append(all, whole)
			}
			return all
		}
		shown = append(shown, object{"number": st.o["number"], "against": st.o["against"], "registered": registered, "court": st.o["court"], "state": st.o["state"], "date": st.o["date"], "revision": st.o["revision"],
			"index": st.effect, "earlier": earlier, "annuls": filled("annuls", object{"places": []any{}}),
			"orders": filled("orders", object{"places": []any{}, "except": []any{}, "days": nil})})
	}
	return shown
}

// placesTwin are places of a ruling as a twin names them.
func (el *election) placesTwin(places []string) []any {
	shown := []any{}
	for _, place := range places {
		region, tps, _ := strings.Cut(place, "/")
		name := el.names[region]
		if name == "" {
			name = region
		}
		shown = append(shown, object{"code": region, "level": levelOf(region), "name": name, "tps": orNil(tps)})
	}
	return shown
}
