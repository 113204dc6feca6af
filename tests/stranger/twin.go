package main

import (
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
)

// statementFits compares the parts that every statement in a twin has.
func (l *ledger) statementFits(name string, shown object, st *statement, fail func(string)) {
	var entries []any
	for _, i := range st.entries {
		entries = append(entries, i)
	}
	agree(name+".entries", shown["entries"], any(entries), fail)
	agree(name+".id", shown["id"], st.id, fail)
	agree(name+".effect", shown["effect"], count(st.effect), fail)
	agree(name+".void_reason", shown["void_reason"], nil, fail)
	form := st.o["kind"] == "form"
	var real, seen []string
	for _, k := range st.signers {
		counted, grant := (!form || !has(observers, k.body)) && !has(st.past, k.id), any(nil)
		if k.grant != st.id {
			grant = l.byID[k.grant].effect
		}
		real = append(real, fmt.Sprint(k.id, k.body, k.region, orNil(k.tps), orNil(k.pair), orNil(k.acting), k.position, grant, counted, has(st.doubted, k.id)))
	}
	for _, k := range objects(shown, "signers") {
		seen = append(seen, fmt.Sprint(k["keyid"], k["body"], k["region"], k["tps"], k["pair"], k["acting"], k["position"], k["grant"], k["counted"], k["suspect"]))
	}
	if !alike(real, seen) {
		fail(name + ".signers")
	}
	if !alike(st.marks(), texts(list(shown, "marks"))) {
		fail(name + ".marks")
	}
	if st.status != "" {
		agree(name+".status", shown["status"], st.status, fail)
	}
}

// marks of a statement are those that need no rule.
func (st *statement) marks() []string {
	marks := strings.Fields(st.late)
	if st.inDoubt() {
		marks = append(marks, "K1")
	}
	ketua := some(st.signers, func(k *key) bool { return k.position == "ketua" && !has(observers, k.body) })
	if st.o["kind"] == "form" && st.effect >= 0 && st.o["form"] != "summary" && !ketua {
		marks = append(marks, "S1")
	}
	return marks
}

// marks of an entry are those of its statement.
func (e *entry) marks() []string {
	if e.st == nil {
		return nil
	}
	return e.st.marks()
}

// now is the status of an entry after all others: a form's changes, and a statement that waited may have taken effect.
func (l *ledger) now(e *entry) string {
	el := l.elections[text(e.o, "election")]
	switch {
	case e.st == nil:
		return "void"
	case e.st.status != "":
		return e.st.status
	case e.st.effect >= 0 && (e.status == "waiting" || e.status == "effective"):
		if e.st.replaced {
			return "superseded"
		}
		return el.became(e.st)
	}
	return e.status
}

// subject compares the election and the contest that a page is about with the revision in force.
func (l *ledger) subject(address string, twin object, fail func(string)) {
	place := strings.Split(address, "/")
	shown, contest := child(twin, "election"), child(twin, "contest")
	el := l.elections[text(shown, "id")]
	if el == nil {
		if shown != nil || l.elections[place[0]] != nil {
			fail("election")
		}
		return
	}
	for _, field := range []string{"name", "date", "timezone", "source"} {
		if !same(shown[field], el.o[field]) {
			fail("election." + field)
		}
	}
	if contest != nil && !same(contest, l.contestTwin(el, text(contest, "id"))) {
		fail("contest")
	}
	here := l.elections[place[0]]
	if here != nil && (here != el || here.contest(place[1]) != nil && contest["id"] != place[1]) {
		fail("election or contest")
	}
}

// contestTwin is a contest as twins say it: with the one that it follows and the one that follows it.
func (l *ledger) contestTwin(el *election, id string) object {
	shown := without(el.contest(id), "follows")
	named := func(held *election, contest object, why any) object {
		date := contest["date"]
		if date == nil {
			date = held.o["date"]
		}
		return object{"why": why, "date": date, "address": held.id + "/" + text(contest, "id") + "/"}
	}
	if before := child(el.contest(id), "follows"); before != nil {
		held := el
		if before["election"] != nil {
			held = l.elections[text(before, "election")]
		}
		shown["follows"] = named(held, held.contest(text(before, "contest")), before["why"])
	}
	if held := l.following(el.id, id); held != nil {
		contest := held.followerOf(el.id, id)
		shown["followed"] = named(held, contest, child(contest, "follows")["why"])
	}
	for _, contest := range objects(el.o, "contests") {
		if followsHere(contest) == id {
			shown["followed"] = named(el, contest, child(contest, "follows")["why"])
		}
	}
	return shown
}

func (l *ledger) statementTwin(i int) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		e := l.entries[i]
		agree("page", twin["page"], "statement", fail)
		agree("index", twin["index"], i, fail)
		agree("leaf", twin["leaf"], hex.EncodeToString(e.leaf[:]), fail)
		agree("status", twin["status"], l.now(e), fail)
		agree("kind", twin["kind"], e.o["kind"], fail)
		agree("at", twin["at"], e.o["at"], fail)
		agree("came", twin["came"], l.hour(i, twin), fail)
		payload := child(twin, "payload")
		if len(payload)+len(e.o) > 0 {
			agree("payload", without(payload, "persons"), without(e.o, "persons"), fail)
		}
		var persons []any
		for _, person := range objects(e.o, "persons") {
			real := without(person, "person")
			real["keyid"] = keyOf(real)
			persons = append(persons, real)
		}
		agree("payload.persons", list(payload, "persons"), persons, fail)
		agree("totals", twin["totals"], e.totals(), fail)
		ev := l.evidence()
		ev.found[i] = true
		ev.chain(e.st)
		ev.hour(i)
		if e.st != nil && e.st.effect >= 0 && e.o["kind"] == "revoke" {
			ev.proof(l.byID[l.keys[text(e.o, "keyid")].grant])
		}
		if e.st != nil && e.st.effect >= 0 && e.o["kind"] == "response" {
			ev.proof(l.byID[text(e.o, "to")])
		}
		if e.st != nil && e.st.effect >= 0 && e.o["kind"] == "answer" {
			for _, id := range list(e.o, "to") {
				ev.proof(l.byID[id.(string)])
			}
		}
		agree("named", twin["named"], l.named(e), fail)
		why := l.notServed(e.st)
		ev.proof(why)
		agree("words", twin["words"], l.wordsOf(e.st), fail)
		ev.check(twin, fail)
		l.beforeAndAfter(e, twin, fail)
		if named := text(e.o, "election"); l.elections[named] != nil && text(child(twin, "election"), "id") != named {
			fail("election")
		}
		if e.st == nil {
			agree("void_reason", twin["void_reason"], e.void, fail)
			agree("marks", twin["marks"], any([]any{}), fail)
			agree("entries", twin["entries"], any([]any{i}), fail)
			agree("effect", twin["effect"], nil, fail)
			agree("signers", twin["signers"], any([]any{}), fail)
			return
		}
		l.statementFits("statement", twin, e.st, fail)
	}
}

// named are the statements that one which took effect names, with their first entries.
func (l *ledger) named(e *entry) []any {
	told, ids := []any{}, []string{}
	if e.st == nil || e.st.effect < 0 {
		return told
	}
	for _, field := range strings.Fields("previous accept to paper certificate") {
		said := list(e.o, field)
		if one := text(e.o, field); one != "" {
			said = []any{one}
		}
		for _, one := range said {
			id, _ := one.(string)
			if st := l.byID[id]; st != nil && st.entries[0] < e.st.effect {
				ids = append(ids, id)
			}
		}
	}
	sort.Strings(ids)
	for _, id := range ids {
		told = append(told, object{"id": id, "index": l.byID[id].entries[0]})
	}
	return told
}

// officialsTwin checks which keys a page of officials shows.
func (l *ledger) officialsTwin(el *election, region string) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		var shown, real []string
		for _, b := range objects(twin, "bodies") {
			for _, person := range objects(b, "persons") {
				shown = append(shown, fmt.Sprint(b["body"], b["tps"], b["pair"], b["organisation"], b["acting"], person["position"], person["keyid"], person["grant"], person["revoked"], person["suspect_from"], person["tainted"]))
			}
		}
		for _, k := range l.keys {
			if k.election == el.id && k.region == region && !strings.HasPrefix(k.body, "roots") {
				real = append(real, fmt.Sprint(k.body, orNil(k.tps), orNil(k.pair), orNil(k.organisation), orNil(k.acting), k.position, k.id, l.byID[k.grant].effect, orNil(k.ended), count(k.from), l.byID[k.grant].suspect))
			}
		}
		if !alike(shown, real) {
			fail("bodies")
		}
		roots := any(nil)
		if region == el.top() {
			roots = l.rootsTold(el)
		}
		agree("roots", twin["roots"], roots, fail)
	}
}
