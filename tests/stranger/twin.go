package main

import (
	"encoding/hex"
	"strings"
)

// statementFits compares the parts that every statement in a twin has.
func statementFits(name string, shown object, st *statement, fail func(string)) {
	var entries []any
	for _, i := range st.entries {
		entries = append(entries, i)
	}
	agree(name+".entries", shown["entries"], any(entries), fail)
	agree(name+".id", shown["id"], st.id, fail)
	agree(name+".effect", shown["effect"], count(st.effect), fail)
	var real, seen []string
	for _, k := range st.signers {
		real = append(real, k.id)
	}
	for _, k := range objects(shown, "signers") {
		seen = append(seen, text(k, "keyid"))
	}
	if !alike(real, seen) {
		fail(name + ".signers")
	}
	if st.status != "" {
		agree(name+".status", shown["status"], st.status, fail)
	}
}

// now is the status of an entry after all others: a form's changes, and a statement that waited may have taken effect.
func (e *entry) now() string {
	switch {
	case e.st == nil:
		return "void"
	case e.st.status != "":
		return e.st.status
	case e.status == "waiting" && e.st.effect >= 0:
		return "effective"
	}
	return e.status
}

func (l *ledger) statementTwin(i int) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		e := l.entries[i]
		agree("index", twin["index"], i, fail)
		agree("leaf", twin["leaf"], hex.EncodeToString(e.leaf[:]), fail)
		agree("status", twin["status"], e.now(), fail)
		agree("kind", twin["kind"], e.o["kind"], fail)
		agree("at", twin["at"], e.o["at"], fail)
		payload := child(twin, "payload")
		if len(payload)+len(e.o) > 0 {
			agree("payload", without(payload, "persons"), without(e.o, "persons"), fail)
		}
		for n, person := range objects(payload, "persons") {
			real := without(objects(e.o, "persons")[n], "person")
			real["keyid"] = keyOf(real)
			agree("payload.persons", person, real, fail)
		}
		if e.st == nil {
			agree("void_reason", twin["void_reason"], e.void, fail)
			agree("entries", twin["entries"], any([]any{i}), fail)
			agree("effect", twin["effect"], nil, fail)
			agree("signers", twin["signers"], any([]any{}), fail)
			return
		}
		statementFits("statement", twin, e.st, fail)
	}
}

// officialsTwin checks which keys a page of officials shows.
func (l *ledger) officialsTwin(el *election, region string) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		var shown, real []string
		for _, b := range objects(twin, "bodies") {
			for _, person := range objects(b, "persons") {
				shown = append(shown, text(b, "body")+text(b, "tps")+text(person, "position")+text(person, "keyid"))
			}
		}
		for _, k := range l.keys {
			if k.election == el.id && k.region == region && !strings.HasPrefix(k.body, "roots") {
				real = append(real, k.body+k.tps+k.position+k.id)
			}
		}
		if !alike(shown, real) {
			fail("bodies")
		}
	}
}
