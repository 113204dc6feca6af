package main

import "sort"

// A case is what a body of Bawaslu recommends under one number of its register.
type advice struct {
	st        *statement // in force
	responses map[string]*statement
	places    []string // addresses
	names     []string // of the body's region and of the places, when it was said
	last      int      // the entry by which it was said or responded to last
}

// response is that of the highest body, or nil.
func (a *advice) response() *statement {
	for _, level := range []string{"kpu_prov", "kpu_kabko", "ppk", "kpps"} {
		for _, st := range a.responses {
			if st.o["body"] == level {
				return st
			}
		}
	}
	return nil
}

// state is what became of it by the response of the highest body.
func (a *advice) state() string {
	if st := a.response(); st != nil {
		return map[string]string{"done": "held", "not-done": "refused", "scheduled": "waiting"}[text(st.o, "outcome")]
	}
	return "silent"
}

func seatOf(o object) string {
	return text(o, "body") + " " + text(o, "region") + " " + text(o, "tps")
}

func register(o object) string { return text(o, "contest") + " " + seatOf(o) + " " + text(o, "number") }

// seatFits: the region has the level of the body, and only a body of one TPS names it.
func seatFits(o object) bool {
	name := text(o, "body")
	return levelOf(text(o, "region")) == bodyLevels[name] && (name == "kpps" || name == "ptps") == (o["tps"] != nil)
}

func spot(o object) string { return text(o, "region") + " " + text(o, "tps") }

// holds says whether a place belongs to a body.
func holdsPlace(body, place object) bool {
	if body["tps"] != nil {
		return spot(body) == spot(place)
	}
	return within(text(place, "region"), text(body, "region"))
}

func adviceFits(o object) bool {
	bodies, to := []string{"bawaslu_prov", "bawaslu_kabko", "panwascam"}, child(o, "to")
	if o["type"] == "advice" {
		bodies = []string{"panwascam", "pkd", "ptps"}
	}
	ok := revisionFits(o) && seatFits(o) && seatFits(to) && has(bodies, text(o, "body")) && sorted(objects(o, "places"), spot)
	for _, place := range objects(o, "places") {
		ok = ok && (place["tps"] == nil || levelOf(text(place, "region")) == "kelurahan") && holdsPlace(o, place) && holdsPlace(to, place)
	}
	return ok
}

func responseFits(o object) bool {
	outcome := text(o, "outcome")
	return revisionFits(o) && seatFits(o) && (outcome == "not-done") == (o["reason"] != nil) && (outcome == "scheduled") == (o["date"] != nil) &&
		(outcome == "done" || o["paper"] == nil)
}

// adviceCondition is the reason why a recommendation does not take effect, or "".
func (el *election) adviceCondition(o object) string {
	contest := el.contest(text(o, "contest"))
	if contest == nil {
		return "contest"
	}
	spots := append([]object{o, child(o, "to")}, objects(o, "places")...)
	for n, place := range spots {
		region := text(place, "region")
		if el.names[region] == "" || n > 1 && !within(region, text(contest, "region")) {
			return "region"
		}
	}
	for _, place := range spots {
		if tps := text(place, "tps"); tps != "" && !el.tps[text(place, "region")][tps] {
			return "tps"
		}
	}
	var before *statement
	if said := el.advice[register(o)]; said != nil {
		before = said.st
	}
	if !continues(o, before) {
		return "previous"
	}
	return ""
}

var ranks = map[string]int{"kpu_prov": 1, "kpu_kabko": 2, "ppk": 3, "kpps": 4}

func (l *ledger) responseCondition(o object, el *election) string {
	said := l.byID[text(o, "to")]
	if said == nil || said.effect < 0 || said.o["kind"] != "recommendation" || said.o["election"] != o["election"] || said.o["contest"] != o["contest"] {
		return "target"
	}
	about, to := el.advice[register(said.o)], child(said.o, "to")
	above := ranks[text(o, "body")] < ranks[text(to, "body")] && within(text(to, "region"), text(o, "region"))
	if about.st != said || seatOf(o) != seatOf(to) && !above {
		return "target"
	}
	if o["paper"] != nil {
		form := l.byID[text(o, "paper")]
		there := form != nil && form.effect >= 0 && form.o["kind"] == "form" && form.o["contest"] == o["contest"] && form.o["election"] == o["election"] &&
			some(objects(said.o, "places"), func(place object) bool { return spot(place) == spot(form.o) })
		if !there {
			return "target"
		}
	}
	if !continues(o, about.responses[seatOf(o)]) {
		return "previous"
	}
	return ""
}

// at is the statement of an entry, or nil: a page may name entries that an older log does not have.
func (l *ledger) at(index int) *statement {
	if index < 0 || index >= len(l.entries) {
		return nil
	}
	return l.entries[index].st
}

// adviceTwin checks the table of a contest's recommendations.
func (l *ledger) adviceTwin(el *election, contest object) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		agree("supervised", twin["supervised"], child(el.o, "roots")["bawaslu"] != nil, fail)
		counts := map[string]map[string]int{}
		number := 0
		for _, a := range el.advice {
			if a.st.o["contest"] != contest["id"] {
				continue
			}
			number++
			kind := text(a.st.o, "type")
			if counts[kind] == nil {
				counts[kind] = map[string]int{}
			}
			counts[kind][a.state()] += len(a.places)
			counts[kind]["recommended"] += len(a.places)
		}
		rows := objects(twin, "types")
		if len(rows) != len(counts) || number != len(objects(twin, "cases"))+num(twin, "more") {
			fail("types")
		}
		for _, row := range rows {
			sum := 0
			for _, state := range []string{"held", "refused", "waiting", "silent", "recommended"} {
				agree("types."+state, row[state], counts[text(row, "type")][state], fail)
				sum += num(row, state)
			}
			if sum != 2*num(row, "recommended") {
				fail("types: they do not add up")
			}
		}
		told := []any{}
		for _, a := range el.advised(contest, "", func(a *advice) int { return a.last }) {
			told = append(told, l.caseTwin(a))
		}
		agree("cases", list(twin, "cases"), told[:min(len(told), 40)], fail)
	}
}

// advised are the cases in force about a contest, or about one place of it, the last first by a number of theirs.
func (el *election) advised(contest object, address string, by func(*advice) int) []*advice {
	var found []*advice
	for _, a := range el.advice {
		if a.st.o["contest"] == contest["id"] && (address == "" || has(a.places, address)) {
			found = append(found, a)
		}
	}
	sort.Slice(found, func(x, y int) bool { return by(found[x]) > by(found[y]) })
	return found
}

// placeAdvice is what the page of a place tells: the five that were said last.
func (l *ledger) placeAdvice(el *election, contest object, address string) []any {
	told := []any{}
	for _, a := range el.advised(contest, address, func(a *advice) int { return a.st.effect }) {
		told = append(told, l.caseTwin(a))
	}
	return told[:min(len(told), 5)]
}

func doubted(st *statement) []any {
	if has(st.marks(), "K1") {
		return []any{"K1"}
	}
	return []any{}
}

// caseTwin is a recommendation as pages tell it, with the response that counts.
func (l *ledger) caseTwin(a *advice) object {
	o, places, to := a.st.o, []any{}, child(a.st.o, "to")
	for n, place := range objects(o, "places") {
		if n < 3 {
			places = append(places, object{"region": place["region"], "tps": place["tps"], "name": a.names[n+1], "address": a.places[n]})
		}
	}
	told := object{"index": a.st.effect, "name": a.names[0], "places": places, "count": len(a.places), "marks": doubted(a.st), "state": a.state(), "response": nil,
		"to": object{"body": to["body"], "region": to["region"], "tps": to["tps"]}}
	for _, name := range []string{"body", "region", "tps", "number", "type", "ground", "due"} {
		told[name] = o[name]
	}
	if st := a.response(); st != nil {
		said := object{"index": st.effect, "paper": nil, "marks": doubted(st)}
		for _, name := range []string{"body", "region", "tps", "outcome", "date", "reason"} {
			said[name] = st.o[name]
		}
		if st.o["paper"] != nil {
			said["paper"] = l.byID[text(st.o, "paper")].effect
		}
		told["response"] = said
	}
	return told
}

// touchAdvice touches the page of the contest's recommendations and the places that one is about.
func (l *ledger) touchAdvice(el *election, o object, places []string, n int) {
	l.touched.own[el.id+"/"+text(o, "contest")+"/rekomendasi/"] = n
	for _, address := range places {
		l.touched.own[address] = n
	}
}
