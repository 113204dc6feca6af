package main

import (
	"fmt"
	"strings"
)

// An incident is what a side said last under a number of its paper: an objection or an event.
type incident struct {
	st      *statement
	answer  *statement // that counts
	decided bool       // some answer accepted or rejected it
}

var meetings = strings.Fields("called opened suspended resumed closed")

func meets(o object) bool { return o["kind"] == "event" && has(meetings, text(o, "code")) }

// alone says whether one person says it, as a line of a paper.
func alone(o object) bool {
	return o["kind"] == "objection" || o["kind"] == "event" || o["kind"] == "pictures"
}

// sideOf is for whom somebody speaks: a body, a pair, an organisation.
func sideOf(o object) string {
	return fmt.Sprint(text(o, "body"), "/", num(o, "pair"), "/", text(o, "organisation"))
}

func incidentName(o object) string {
	return fmt.Sprint(text(o, "kind"), " ", slotName(o), " ", sideOf(o), " ", num(o, "number"))
}

func (in *incident) state() string {
	switch {
	case in.st.o["kind"] == "event":
		return "event"
	case in.answer == nil:
		return "open"
	}
	return text(in.answer.o, "outcome")
}

var tellers = map[string]string{"c_hasil": "kpps", "d_hasil_kelurahan": "ppk", "d_hasil_kecamatan": "ppk", "d_hasil_kabko": "kpu_kabko", "d_hasil_prov": "kpu_prov"}
var supervisors = strings.Fields("bawaslu_prov bawaslu_kabko panwascam pkd ptps")

func objectionFits(o object) bool {
	return slotFits(o) && (o["body"] == "saksi") == (o["pair"] != nil) && (o["body"] == "pemantau") == (o["organisation"] != nil) &&
		(o["claims"] == nil || o["code"] == "figures")
}

func eventFits(o object) bool {
	own := o["body"] == tellers[text(o, "form")]
	return slotFits(o) && (own || has(supervisors, text(o, "body")) && !meets(o)) && (!meets(o) || o["time"] != nil)
}

func answerFits(o object) bool {
	last, says := "", o["accept"] != nil || o["explains"] != nil
	for _, id := range list(o, "to") {
		if id.(string) <= last {
			return false
		}
		last = id.(string)
	}
	return slotFits(o) && (says || o["to"] != nil) && unique(objects(o, "explains"), explained) &&
		(o["to"] == nil) == (o["outcome"] == nil) && !(o["outcome"] == "withdrawn" && says)
}

// side is one of those who say something of a slot.
func (el *election) side(said, o object) body {
	return body{name: text(said, "body"), election: el.id, region: text(o, "region"), tps: text(o, "tps"), k: 1, above: true,
		pair: num(said, "pair"), organisation: text(said, "organisation")}
}

// objection is what took effect as one under an id, or nil.
func (l *ledger) objection(id string) *statement {
	if st := l.byID[id]; st != nil && st.effect >= 0 && st.o["kind"] == "objection" {
		return st
	}
	return nil
}

// answers are the bodies that may answer a slot.
func (l *ledger) answers(o object, el *election) demand {
	form, region, outcome := text(o, "form"), text(o, "region"), text(o, "outcome")
	if outcome == "withdrawn" {
		if said := l.objection(list(o, "to")[0].(string)); said != nil {
			return demand{all: []body{el.side(said.o, o)}}
		}
		return demand{all: []body{rootBody(el.o, "roots.kpu")}}
	}
	k := el.threshold("answer", 2)
	signing := el.signs(form, region, text(o, "tps"))
	if outcome == "accepted" || outcome == "rejected" {
		k = el.threshold(form, 3)
	} else if signing.name != "roots.kpu" {
		signing.k = 1
	}
	need := demand{any: el.judges(form, region, k)}
	if o["accept"] == nil {
		need.any = append([]body{signing}, need.any...)
	}
	return need
}

// unanswerable says whether something in `to` is nothing that this may answer.
func (l *ledger) unanswerable(o object, el *election) bool {
	side := ""
	for _, id := range list(o, "to") {
		said := l.objection(id.(string))
		if said == nil || slotName(said.o) != slotName(o) || said.o["election"] != o["election"] {
			return true
		}
		in := el.incidents[incidentName(said.o)]
		if in.st != said || in.state() == "withdrawn" {
			return true
		}
		if side == "" {
			side = sideOf(said.o)
		}
		if o["outcome"] == "withdrawn" && (in.decided || side != sideOf(said.o)) {
			return true
		}
	}
	return false
}

var levels = map[string]int{"roots.kpu": 0, "kpu_prov": 1, "kpu_kabko": 2, "ppk": 3, "kpps": 4}

// say notes a line of a paper, or what answers it; before are the statements by which a form of the slot counted until now.
func (l *ledger) say(st *statement, el *election, before []*statement) {
	o := st.o
	if o["kind"] != "answer" {
		if before := el.incidents[incidentName(o)]; before != nil {
			st.ends = before.st
		}
		el.incidents[incidentName(o)] = &incident{st: st}
		if digest := text(o, "text"); digest != "" && l.words[digest] == nil {
			l.words[digest] = st
		}
		for _, r := range line(text(o, "region")) {
			if levelOf(r) != "kelurahan" && !meets(o) && within(r, text(el.contest(text(o, "contest")), "region")) {
				el.told[text(o, "contest")+" "+r] = true
			}
		}
		return
	}
	for _, id := range list(o, "to") {
		in := el.incidents[incidentName(l.byID[id.(string)].o)]
		in.decided = in.decided || o["outcome"] == "accepted" || o["outcome"] == "rejected"
		if in.answer != nil {
			before = append(before, in.answer)
		}
		in.answer = st
	}
	for _, old := range before {
		if old.o["kind"] == "answer" {
			l.outdate(old, el)
		}
	}
}

// outdate says of an answer that another replaced it, unless something that it says counts.
func (l *ledger) outdate(st *statement, el *election) {
	counts := st.o["explains"] != nil
	if s := el.slots[slotName(st.o)]; s != nil {
		for _, one := range s.carriers {
			counts = counts || one == st
		}
	}
	for _, id := range list(st.o, "to") {
		counts = counts || el.incidents[incidentName(l.byID[id.(string)].o)].answer == st
	}
	st.replaced = st.replaced || !counts
}

// outranked says whether a higher body has answered something in `to`, other than one's own withdrawal.
func (l *ledger) outranked(st *statement, el *election) bool {
	for _, id := range list(st.o, "to") {
		said := l.byID[id.(string)]
		if in := el.incidents[incidentName(said.o)]; in.answer != nil && st.o["outcome"] != "withdrawn" && levels[in.answer.body] < levels[st.body] {
			return true
		}
	}
	return false
}

// touchIncidents touches the pages of objections there are of a region and of those above.
func (l *ledger) touchIncidents(el *election, o object, n int) {
	if o["kind"] == "answer" && o["to"] == nil || o["kind"] == "form" {
		return
	}
	contest := el.contest(text(o, "contest"))
	l.touched.own[el.address(contest, text(o, "region"), text(o, "tps"))] = n
	for _, r := range line(text(o, "region")) {
		if within(r, text(contest, "region")) {
			l.touched.own[el.address(contest, r, "")] = n
		}
		if el.told[text(o, "contest")+" "+r] {
			l.touched.own[el.address(contest, r, "")+"kejadian/"] = n
		}
	}
	l.touchDays(el, text(o, "region"), n, false)
}

// about are the incidents of a contest in a region, meetings aside.
func (el *election) happened(contest object, region string) (all []*incident) {
	for _, in := range el.incidents {
		if in.st.o["contest"] == contest["id"] && within(text(in.st.o, "region"), region) && !meets(in.st.o) {
			all = append(all, in)
		}
	}
	return all
}

func (el *election) counts(contest object, region string) object {
	counts := object{"open": 0, "accepted": 0, "rejected": 0, "carried": 0, "withdrawn": 0, "event": 0}
	for _, in := range el.happened(contest, region) {
		counts[in.state()] = counts[in.state()].(int) + 1
	}
	return counts
}

// lines are how many objections and events there are of a slot, meetings aside.
func (el *election) lines(slot object) (n int) {
	for _, in := range el.incidents {
		if !meets(in.st.o) && slotName(in.st.o) == slotName(slot) {
			n++
		}
	}
	return n
}

// meeting is what that of a slot did last, or nil.
func (el *election) meeting(o object) any {
	var last *statement
	for _, in := range el.incidents {
		if meets(in.st.o) && slotName(in.st.o) == slotName(o) && (last == nil || num(in.st.o, "number") > num(last.o, "number")) {
			last = in.st
		}
	}
	if last == nil {
		return nil
	}
	return object{"code": last.o["code"], "time": last.o["time"], "index": last.effect}
}

// incidentsTwin checks what a page of objections says.
func (l *ledger) incidentsTwin(el *election, contest object, region string) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		all := el.happened(contest, region)
		agree("counts", twin["counts"], any(el.counts(contest, region)), fail)
		open, rest := objects(twin, "open"), objects(twin, "rest")
		agree("more", twin["more"], len(all)-len(open)-len(rest), fail)
		number := 0
		for _, in := range all {
			if in.state() == "open" {
				number++
			}
		}
		if len(open) > min(number, 40) || len(rest) > min(len(all)-number, 40) {
			fail("open, rest")
		}
		l.casesFit(el, contest, region, append(append([]object{}, open...), rest...), fail)
	}
}

// casesFit checks what is told of objections and events, each once: the digest of its words too.
func (l *ledger) casesFit(el *election, contest object, region string, cases []object, fail func(string)) {
	told := map[int]bool{}
	for _, shown := range cases {
		at := num(shown, "index")
		st := l.at(at)
		if st == nil || told[at] || el.incidents[incidentName(st.o)] == nil || el.incidents[incidentName(st.o)].st != st ||
			st.o["contest"] != contest["id"] || !within(text(st.o, "region"), region) {
			fail("cases")
			continue
		}
		told[at] = true
		in := el.incidents[incidentName(st.o)]
		agree("state", shown["state"], in.state(), fail)
		for _, name := range strings.Fields("kind form region tps body pair organisation number code time text") {
			agree("cases."+name, shown[name], st.o[name], fail)
		}
		claims := object{}
		for _, one := range objects(shown, "claims") {
			claims[text(one, "field")] = one["value"]
		}
		if len(objects(shown, "claims")) != len(claims) || len(claims) != len(child(st.o, "claims")) || !same(claims, any(child(st.o, "claims"))) && len(claims) > 0 {
			fail("cases.claims")
		}
		if (in.answer != nil) != (child(shown, "answer") != nil) {
			fail("answer")
		} else if in.answer != nil {
			agree("answer", child(shown, "answer")["index"], in.answer.effect, fail)
		}
	}
}

// incidentsAt checks what the page of a region says of objections.
func (t *tally) incidentsAt(region string, told object, fail func(string)) {
	t.l.casesFit(t.el, t.contest, region, objects(told, "cases"), fail)
	agree("incidents.counts", told["counts"], any(t.el.counts(t.contest, region)), fail)
	page := any(nil)
	if t.el.told[text(t.contest, "id")+" "+region] {
		page = t.el.address(t.contest, region, "") + "kejadian/"
	}
	agree("incidents.page", told["page"], page, fail)
	slot := object{"contest": t.contest["id"], "region": region, "form": "d_hasil_" + strings.Replace(levelOf(region), "provinsi", "prov", 1)}
	agree("incidents.meeting", told["meeting"], t.el.meeting(slot), fail)
}

// notServed is what withholds the words that a statement was the first to name, or nil.
func (l *ledger) notServed(st *statement) *statement {
	if st == nil || st.effect < 0 || st.o["text"] == nil || !alone(st.o) || l.namedFirst(text(st.o, "text")) != st {
		return nil
	}
	if why := l.withheld[text(st.o, "text")]; why != nil && why.o["state"] == "withheld" {
		return why
	}
	return nil
}

// wordsOf is what the page of a statement says of the words that it names or withholds.
func (l *ledger) wordsOf(st *statement) any {
	if st == nil || st.effect < 0 || !(alone(st.o) && st.o["text"] != nil || st.o["kind"] == "withhold") {
		return nil
	}
	said := object{"index": l.namedFirst(text(st.o, "text") + text(st.o, "digest")).effect, "withheld": nil}
	if why := l.notServed(st); why != nil {
		said["withheld"] = object{"index": why.effect, "reason": why.o["reason"], "basis": why.o["basis"]}
	}
	return said
}
