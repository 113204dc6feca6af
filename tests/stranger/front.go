package main

import (
	"fmt"
	"sort"
	"time"
)

// result is what the page of a region leads with, and what may be said of it.
func (t *tally) result(region string) object {
	s, own, figures := t.sum(region), t.certified(region), t.shown(region)
	evenly := func(names ...string) bool { // whether equally many forms report those that a sum has
		reported := map[int]bool{}
		for _, name := range names {
			if f, there := s.figures[name]; there && own == nil {
				reported[f[1]] = true
			}
		}
		return len(reported) < 2
	}
	var names []string
	first, best, leaders, total, whole := 0, 0, 0, 0, true
	for n := range objects(t.contest, "pairs") {
		name := fmt.Sprintf("pair_%d", n+1)
		votes, there := figures[name].(int)
		names, whole, total = append(names, name), whole && there, total+votes
		if there && votes > best {
			first, best, leaders = n+1, votes, 1
		} else if there && votes == best {
			leaders++
		}
	}
	leads := best > 0 && leaders == 1 && evenly(names...)
	pairs := []any{}
	for n, name := range names {
		pairs = append(pairs, object{"number": n + 1, "votes": figures[name], "leads": leads && n+1 == first})
	}
	told := object{"basis": nil, "figures": figures, "pairs": pairs, "valid": nil, "turnout": nil, "line": nil, "margin": nil, "elected": nil}
	switch {
	case own != nil:
		told["basis"] = "certified"
	case s.counted > 0:
		told["basis"] = "sum"
	}
	switch {
	case figures["valid"] != nil && evenly(append(names, "valid")...):
		told["valid"] = figures["valid"]
	case whole && len(names) > 0 && evenly(names...):
		told["valid"] = total
	}
	for _, name := range []string{"total", "voted"} {
		if num(figures, "registered") > 0 && figures[name] != nil && evenly(name, "registered") {
			told["turnout"] = object{"voters": figures[name], "registered": figures["registered"]}
		}
	}
	if valid := num(told, "valid"); valid > 0 && whole && region == t.contest["region"] && own != nil && !own.slot.contested() {
		t.ofMost(told, figures, names, first, best, valid, leads)
	}
	return told
}

// ofMost adds what may be said of the pair with most votes: by the majority, within the margin, elected.
func (t *tally) ofMost(told, figures object, names []string, first, best, valid int, leads bool) {
	majority := t.contest["win"] == "majority"
	if majority && leads {
		told["line"] = object{"needed": valid/2 + 1, "number": first, "above": best - valid/2 - 1}
	}
	if rule := child(t.contest, "margin"); rule != nil && len(names) > 1 {
		order := ranked(figures, names)
		gap := num(figures, names[order[0]-1]) - num(figures, names[order[1]-1])
		told["margin"] = object{"per_mille": rule["per_mille"], "limit": valid * num(rule, "per_mille") / 1000, "gap": gap, "numbers": []any{order[0], order[1]}, "source": rule["source"]}
	}
	if !leads || majority && 2*best <= valid || !t.firm() {
		return
	}
	gone, pair := false, objects(t.contest, "pairs")[first-1]
	for _, note := range objects(pair, "notes") {
		switch code := text(note, "code"); code {
		case "disqualified", "withdrawn", "restored":
			gone = code != "restored"
		}
	}
	if !gone && pair["empty_column"] == nil {
		told["elected"] = object{"number": first}
	}
}

// ranked are the numbers of pairs, those with most votes first.
func ranked(figures object, names []string) (order []int) {
	for n := range names {
		order = append(order, n+1)
	}
	sort.SliceStable(order, func(a, b int) bool { return num(figures, names[order[a]-1]) > num(figures, names[order[b]-1]) })
	return order
}

// firm says whether the determination stands firm and names the certificate that counts.
func (t *tally) firm() bool {
	contest := text(t.contest, "id")
	state, _, _ := t.el.stands(contest)
	told, _ := t.determination().(object)
	return child(told, "certificate")["counts"] == true && has([]string{"determined", "refused", "elected"}, state)
}

// determination is what determines the contest's result, with the court's clock, or nil.
func (t *tally) determination() any {
	contest := text(t.contest, "id")
	st := t.el.decided[contest]
	if st == nil {
		return nil
	}
	told := object{"certificate": nil, "petition": petition(text(st.o, "announced_at"), texts(list(t.el.o, "holidays")))}
	for _, name := range []string{"number", "basis", "announced_at", "decided_at", "revision"} {
		told[name] = st.o[name]
	}
	if named := t.l.byID[text(st.o, "certificate")]; named != nil {
		s := t.slot(certifies[levelOf(text(t.contest, "region"))], text(t.contest, "region"), "")
		told["certificate"] = object{"index": named.entries[0], "counts": s.head == s.find(named.id) && !s.contested()}
	}
	return since(told, t.el.determined[contest], st)
}

// electedTold is who is elected by the last statement about it, or nil.
func (t *tally) electedTold() any {
	all := t.el.elected[text(t.contest, "id")]
	st := last(all)
	if st == nil {
		return nil
	}
	return since(object{"pair": st.o["pair"], "number": st.o["number"], "announced_at": st.o["announced_at"], "revision": st.o["revision"]}, all, st)
}

// since adds the entry of a statement, and those of what it replaced.
func since(told object, all []*statement, st *statement) object {
	earlier := []any{}
	for _, one := range all {
		if one != st {
			earlier = append(earlier, one.effect)
		}
	}
	told["index"], told["earlier"] = st.effect, earlier
	return told
}

// petition is the end of the third working day in WIB; the day of the announcement is the first one, if it is one.
func petition(announced string, holidays []string) object {
	day, err := time.Parse(time.RFC3339, announced)
	if err != nil {
		day, _ = time.Parse("2006-01-02", announced[:10])
	} else {
		day = day.In(time.FixedZone("", 7*3600))
	}
	passed, left := []any{}, 3
	for {
		at, works := day.Format("2006-01-02"), day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
		if works && has(holidays, at) {
			passed = append(passed, at)
		} else if works {
			left--
		}
		if left == 0 || at == "9999-12-31" {
			break
		}
		day = day.AddDate(0, 0, 1)
	}
	told := object{"days": 3, "until": day.Format("2006-01-02") + "T23:59:00+07:00", "holidays": any(passed), "source": "PMK 3/2024"}
	if len(holidays) == 0 {
		told["holidays"] = nil
	}
	return told
}

// decisions checks what the page of a contest's own region says decides it, or that another says nothing.
func (t *tally) decisions(region string, twin object, fail func(string)) {
	determined, chosen, stands, rulings := any(nil), any(nil), any(nil), []any{}
	if contest := text(t.contest, "id"); region == t.contest["region"] {
		determined, chosen = t.determination(), t.electedTold()
		stands, rulings = t.el.standingTwin(contest), t.el.rulingsTwin(contest)
	}
	agree("determination", twin["determination"], determined, fail)
	agree("elected", twin["elected"], chosen, fail)
	agree("standing", twin["standing"], stands, fail)
	agree("rulings", list(twin, "rulings"), rulings, fail)
}

// decisionsInDoubt are the marks K1 of what decides the contest.
func (t *tally) decisionsInDoubt() []any {
	contest, marks := text(t.contest, "id"), []any{}
	marks = append(marks, marked("determination", t.el.decided[contest], "K1")...)
	marks = append(marks, marked("elected", last(t.el.elected[contest]), "K1")...)
	d := t.el.docketOf(contest)
	for _, number := range d.cases {
		marks = append(marks, marked("ruling", d.now[number], "K1")...)
	}
	return marks
}

// marked are those of some marks that a statement has, as a page that rests on it says them.
func marked(kind string, st *statement, some ...string) (marks []any) {
	for n := 0; st != nil && n < len(st.marks()); n++ {
		if mark := st.marks()[n]; has(some, mark) {
			marks = append(marks, object{"kind": kind, "index": st.effect, "mark": mark})
		}
	}
	return marks
}

// portalTwin checks the elections of the first page, and their contests.
func (l *ledger) portalTwin(twin object, fail func(string)) {
	agree("closed", twin["closed"], l.closed, fail)
	agree("after_close", twin["after_close"], any(object{"statements": l.after[0], "forms": l.after[1]}), fail)
	shown := objects(twin, "elections")
	if len(shown) != len(l.list) {
		fail("elections")
		return
	}
	for n, el := range l.list {
		agree("elections.id", shown[n]["id"], el.id, fail)
		agree("elections.address", shown[n]["address"], el.id+"/", fail)
		for _, name := range []string{"name", "date", "source"} {
			if !same(shown[n][name], el.o[name]) {
				fail("elections." + name)
			}
		}
		l.contestsTwin(el)(shown[n], fail)
	}
}

// contestsTwin checks the contests of an election in few figures.
func (l *ledger) contestsTwin(el *election) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		shown, real := objects(twin, "contests"), objects(el.o, "contests")
		if len(shown) != len(real) {
			fail("contests")
			return
		}
		for n, contest := range real {
			newTally(l, el, contest).inFew(shown[n], fail)
		}
	}
}

// inFew checks a contest as the first page and that of its election show it, but for its findings.
func (t *tally) inFew(shown object, fail func(string)) {
	contest, region := t.l.contestTwin(t.el, text(t.contest, "id")), text(t.contest, "region")
	for _, name := range []string{"id", "office", "win", "pairs", "date", "follows", "followed"} {
		if !same(shown[name], contest[name]) {
			fail("contests." + name)
		}
	}
	t.region(child(shown, "region"), region, fail)
	own, result, compared := t.certified(region), t.result(region), t.comparison(region)
	led := any(nil)
	if best := t.leading(result); best != nil {
		led = best
	}
	doubts := t.decisionsInDoubt()
	for name, real := range map[string]any{
		"address": t.el.address(t.contest, region, ""), "index": indexOf(own), "contested": own != nil && own.slot.contested(), "contested_below": t.rivals(region),
		"source_has_c": t.sourceHasC(), "stations": t.stations(region), "comparison": compared, "apart": t.apart(compared), "lead": led,
		"determination": t.determination(), "elected": t.electedTold(), "standing": t.el.standingTwin(text(t.contest, "id")), "doubts": doubts,
		"result": object{"basis": result["basis"], "pairs": result["pairs"], "valid": result["valid"], "line": result["line"]},
	} {
		agree("contests."+name, shown[name], real, fail)
	}
}

// apart is by how many votes the certificate and the sum of all TPS differ.
func (t *tally) apart(compared object) int {
	if compared["state"] == "unknown-expected" {
		return 0
	}
	gaps, total, largest, whole := child(compared, "difference"), 0, 0, true
	for n := range objects(t.contest, "pairs") {
		gap, there := gaps[fmt.Sprintf("pair_%d", n+1)].(int)
		total, largest, whole = total+gap, max(largest, max(gap, -gap)), whole && there
	}
	if valid := num(gaps, "valid"); valid != 0 {
		return max(valid, -valid)
	}
	if whole && total != 0 {
		return max(total, -total)
	}
	return largest
}

// leading is the pair with most votes and how far it is before the next, or nil.
func (t *tally) leading(result object) object {
	var names []string
	leads := 0
	for _, pair := range objects(result, "pairs") {
		if pair["votes"] == nil {
			return nil
		}
		names = append(names, fmt.Sprintf("pair_%d", num(pair, "number")))
		if pair["leads"] == true {
			leads = num(pair, "number")
		}
	}
	if leads == 0 {
		return nil
	}
	figures := child(result, "figures")
	gap, second := num(figures, names[leads-1]), any(nil)
	if order := ranked(figures, names); len(order) > 1 {
		gap, second = gap-num(figures, names[order[1]-1]), order[1]
	}
	return object{"number": leads, "second": second, "gap": gap}
}

// rootsTold are the root keys of an election as pages name them.
func (l *ledger) rootsTold(el *election) object {
	keyset := func(root object) object {
		ids := map[string]bool{}
		for _, k := range objects(root, "keys") {
			ids[keyOf(k)] = true
		}
		all := []any{}
		for _, id := range sortedKeys(ids) {
			all = append(all, id)
		}
		return object{"k": root["k"], "keyids": all}
	}
	roots, pairs := child(el.o, "roots"), []any{}
	for _, root := range objects(roots, "pairs") {
		one := keyset(root)
		one["number"] = root["number"]
		pairs = append(pairs, one)
	}
	told := object{"kpu": keyset(child(roots, "kpu")), "bawaslu": nil, "pairs": pairs}
	if bawaslu := child(roots, "bawaslu"); bawaslu != nil {
		told["bawaslu"] = keyset(bawaslu)
	}
	return told
}

// aboutTwin checks the keys to which all goes back.
func (l *ledger) aboutTwin(twin object, fail func(string)) {
	agree("log_key", twin["log_key"], l.origin["log_key"], fail)
	agree("statement_id", twin["statement_id"], l.entries[0].st.id, fail)
	shown := objects(twin, "elections")
	if len(shown) != len(l.list) {
		fail("elections")
		return
	}
	for n, el := range l.list {
		if !same(shown[n]["name"], el.o["name"]) {
			fail("elections.name")
		}
		agree("elections.index", shown[n]["index"], el.st.effect, fail)
		agree("elections.roots", shown[n]["roots"], any(l.rootsTold(el)), fail)
	}
}
