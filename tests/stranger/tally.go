package main

import (
	"fmt"
	"reflect"
	"strings"
)

// A sum is what the forms below a region add up to: per figure a value and its stations.
type sum struct {
	figures             map[string][2]int
	counted, unexpected int
	received            int // C forms that are in
	expected            int // -1: unknown
	running             bool
}

func (s sum) missing() int {
	if s.expected < 0 {
		return -1
	}
	return max(0, s.expected-(s.counted-s.unexpected))
}

// via says whether forms or running figures are behind the sum.
func (s sum) via() string {
	switch {
	case s.running || s.counted > 0 && s.received == 0:
		return "summary"
	case s.counted == 0:
		return "none"
	case s.counted == s.received:
		return "forms"
	}
	return "mixed"
}

// A tally computes the sums of one contest, each once.
type tally struct {
	l        *ledger
	el       *election
	contest  object
	children map[string][]string
	heads    map[string]map[string]*statement // per kelurahan and TPS
	sums     map[string]sum
}

func newTally(l *ledger, el *election, contest object) *tally {
	t := &tally{l: l, el: el, contest: contest, children: map[string][]string{}, heads: map[string]map[string]*statement{}, sums: map[string]sum{}}
	for _, region := range sortedKeys(el.names) {
		t.children[parentOf(region)] = append(t.children[parentOf(region)], region)
	}
	for _, s := range el.slots {
		if s.contest == contest["id"] && s.form == "c_hasil" && s.head != nil && s.summed {
			if t.heads[s.region] == nil {
				t.heads[s.region] = map[string]*statement{}
			}
			t.heads[s.region][s.tps] = s.head
		}
	}
	return t
}

func (t *tally) slot(form, region, tps string) *slot {
	return t.el.slots[text(t.contest, "id")+"/"+form+"/"+region+"/"+tps]
}

func (t *tally) head(form, region, tps string) *statement {
	if s := t.slot(form, region, tps); s != nil {
		return s.head
	}
	return nil
}

var certifies = map[string]string{"kelurahan": "d_hasil_kelurahan", "kecamatan": "d_hasil_kecamatan", "kabko": "d_hasil_kabko", "provinsi": "d_hasil_prov"}

func (t *tally) certified(region string) *statement {
	return t.head(certifies[levelOf(region)], region, "")
}

func (t *tally) sum(region string) sum {
	if s, done := t.sums[region]; done {
		return s
	}
	s := sum{figures: map[string][2]int{}}
	add := func(name string, value, stations int) {
		old := s.figures[name]
		s.figures[name] = [2]int{old[0] + value, old[1] + stations}
	}
	ros, rostered := t.el.rosters[region]
	if levelOf(region) == "kelurahan" {
		s.received = len(t.heads[region])
		for tps, st := range t.heads[region] {
			s.counted++
			if rostered && !has(ros.tps, tps) {
				s.unexpected++
			}
			for name, value := range child(st.o, "figures") {
				add(name, value.(int), 1)
			}
		}
		s.expected = len(ros.tps)
	}
	for _, code := range t.children[region] {
		part := t.sum(code)
		for name, f := range part.figures {
			add(name, f[0], f[1])
		}
		s.counted += part.counted
		s.received += part.received
		if has(ros.children, code) {
			s.unexpected += part.unexpected
			if part.expected < 0 {
				rostered = false
			}
			s.expected += part.expected
		} else {
			s.unexpected += part.counted
		}
	}
	if !rostered {
		s.expected = -1
	}
	if running := t.head("summary", region, ""); running != nil && s.counted < num(running.o, "stations_in") {
		s.counted, s.unexpected, s.running = num(running.o, "stations_in"), 0, true
		s.figures = map[string][2]int{}
		for name, value := range child(running.o, "figures") {
			s.figures[name] = [2]int{value.(int), s.counted}
		}
	}
	t.sums[region] = s
	return s
}

// agree compares a part of a twin with what the log says, in the JSON of twins.
func agree(name string, shown, real any, fail func(string)) {
	if !reflect.DeepEqual(shown, real) {
		fail(name)
	}
}

// plain turns figures into the values that the JSON of a twin is read as.
func plain(f map[string][2]int) object {
	o := object{}
	for name, value := range f {
		o[name] = []any{value[0], value[1]}
	}
	return o
}

func count(n int) any {
	if n < 0 {
		return nil
	}
	return n
}

func (t *tally) stations(region string) object {
	s := t.sum(region)
	return object{"counted": s.counted - s.unexpected, "off": s.unexpected, "expected": count(s.expected), "missing": count(s.missing()), "received": s.received}
}

func figuresOf(st *statement) any {
	if st == nil {
		return nil
	}
	return st.o["figures"]
}

// shown are the figures that a page puts first: the certified ones, else the sum.
func (t *tally) shown(region string) object {
	if st := t.certified(region); st != nil {
		return child(st.o, "figures")
	}
	o := object{}
	for name, f := range t.sum(region).figures {
		o[name] = f[0]
	}
	return o
}

func (t *tally) regionTwin(region string) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		s := t.sum(region)
		t.el.regionCopies(text(t.contest, "id"), region, twin, fail)
		t.l.picturedTold(t.el, text(t.contest, "id"), region, twin, fail)
		own := "d_hasil_" + strings.Replace(levelOf(region), "provinsi", "prov", 1)
		t.l.picturesTold(t.el, object{"election": t.el.id, "contest": t.contest["id"], "form": own, "region": region}, twin, fail)
		t.el.regionReadiness(text(t.contest, "id"), region, twin, fail)
		t.region(child(twin, "region"), region, fail)
		agree("sum", child(twin, "sum"), object{"counted": s.counted, "expected": count(s.expected), "fields": plain(s.figures), "via": s.via()}, fail)
		agree("stations", twin["stations"], any(t.stations(region)), fail)
		t.form("certified", child(twin, "certified"), t.certified(region), fail)
		t.form("summary", child(twin, "summary"), t.head("summary", region, ""), fail)
		agree("result", twin["result"], any(t.result(region)), fail)
		t.noticesIn(region, twin, fail)
		agree("comparison", child(twin, "comparison"), t.comparison(region), fail)
		agree("left_out", list(twin, "left_out"), t.el.leftOutTwin(text(t.contest, "id"), region), fail)
		agree("ruled", list(twin, "ruled"), t.el.ruledTwin(text(t.contest, "id"), region, ""), fail)
		agree("recommended", list(twin, "recommended"), t.l.placeAdvice(t.el, t.contest, t.el.address(t.contest, region, "")), fail)
		t.childrenTwin(region, objects(twin, "children"), fail)
		agree("page", twin["page"], "region", fail)
		t.besides(region, twin, fail)
		t.doubts(region, "", list(twin, "doubts"), fail)
		t.incidentsAt(region, child(twin, "incidents"), fail)
		t.decisions(region, twin, fail)
		ev := t.l.evidence()
		ev.names(t.el, region)
		ev.shown(t.certified(region))
		ev.shown(t.head("summary", region, ""))
		ev.ruled(t, region)
		ev.check(twin, fail)
		if levelOf(region) == "kelurahan" {
			ev.stations(t, region, twin, fail)
		}
	}
}

// doubts are what stands against the statements that a page rests on.
func (t *tally) doubts(region, tps string, shown []any, fail func(string)) {
	real := []any{}
	add := func(kind string, st *statement, some ...string) { real = append(real, marked(kind, st, some...)...) }
	if tps == "" {
		add("roster", t.el.rosters[region].st, "K1", "L4")
	}
	if tps == "" && region == t.contest["region"] {
		real = append(real, t.decisionsInDoubt()...)
	}
	above := line(region) // those that name what stands here
	if tps == "" {
		above = above[1:]
	}
	for _, place := range above {
		add("roster", t.el.rosters[place].st, "L4")
	}
	forms := []string{certifies[levelOf(region)], "summary"}
	if tps != "" {
		forms = []string{"c_hasil"}
	}
	for _, form := range forms {
		if s := t.slot(form, region, tps); s != nil {
			add("answer", s.by, "K1")
		}
	}
	agree("doubts", shown, real, fail)
}

// comparison holds the certified figures against the sum.
func (t *tally) comparison(region string) object {
	st, s, gaps := t.certified(region), t.sum(region), object{}
	if st == nil {
		return object{"state": "no-certified", "difference": gaps}
	}
	same, equal := true, true
	for name, value := range child(st.o, "figures") {
		f, both := s.figures[name]
		if both && f[1] == s.counted {
			gaps[name] = value.(int) - f[0]
			equal = equal && gaps[name] == 0
		}
		same = same && (!both || f[1] == s.counted)
	}
	for n := range objects(t.contest, "pairs") {
		same = same && gaps[fmt.Sprintf("pair_%d", n+1)] != nil
	}
	state := "partial"
	switch {
	case s.counted == 0:
		state, gaps = "no-sum", object{}
	case t.leavesOut(region):
		state, gaps = "left-out", object{}
	case s.expected < 0:
		state = "unknown-expected"
	case s.missing() > 0:
		state = "incomplete"
	case !equal:
		state = "different"
	case same:
		state = "same"
	}
	return object{"state": state, "difference": gaps}
}

// leavesOut tells whether a court leaves a region, or a place in it, out of the total.
func (t *tally) leavesOut(region string) bool {
	for place := range t.el.leftOut(text(t.contest, "id")) {
		if holds(region, place) {
			return true
		}
	}
	return false
}

func (t *tally) childrenTwin(region string, shown []object, fail func(string)) {
	var codes []string
	for _, c := range shown {
		code := text(c, "code")
		codes = append(codes, code)
		agree("children.listed", c["listed"], t.lists(region, code), fail)
		if levelOf(region) == "kelurahan" {
			head := t.head("c_hasil", region, code)
			agree("children.figures", c["figures"], figuresOf(head), fail)
			agree("children.index", c["index"], indexOf(head), fail)
			agree("children.contested", c["contested"], t.rivalled("c_hasil", region, code), fail)
			agree("children.status", c["status"], t.status(region, code), fail)
			agree("children.comparison", c["comparison"], any(t.beside(region, code)), fail)
			agree("children.basis", c["basis"] == "sum", head != nil, fail)
			agree("children.revision", c["revision"], revisionOf(head), fail)
			awaited := any(nil)
			if t.l.contestTwin(t.el, text(t.contest, "id"))["followed"] == nil {
				awaited = t.el.awaited(text(t.contest, "id"), region, code)
			}
			agree("children.awaits", c["awaits"], awaited, fail)
			agree("children.name", c["name"], "TPS "+code, fail)
			continue
		}
		if name := t.el.names[code]; c["name"] != name {
			fail("children.name")
		}
		agree("children.sum", c["sum"], any(plain(t.sum(code).figures)), fail)
		agree("children.stations", c["stations"], any(t.stations(code)), fail)
		agree("children.certified", c["certified"], figuresOf(t.certified(code)), fail)
		agree("children.figures", len(t.shown(code)) == 0 && c["figures"] == nil || reflect.DeepEqual(c["figures"], any(t.shown(code))), true, fail)
		own := t.certified(code)
		agree("children.index", c["index"], indexOf(own), fail)
		agree("children.contested", c["contested"], own != nil && own.slot.contested(), fail)
		agree("children.contested_below", c["contested_below"], t.rivals(code), fail)
		agree("children.comparison", c["comparison"], any(t.comparison(code)), fail)
		agree("children.basis", c["basis"], t.basis(code), fail)
		agree("children.via", c["via"], t.sum(code).via(), fail)
		agree("children.revision", c["revision"], revisionOf(own), fail)
	}
	real := t.children[region]
	if levelOf(region) == "kelurahan" {
		real = t.el.stations(region)
	}
	if !alike(codes, real) {
		fail("children")
	}
}

func indexOf(st *statement) any {
	if st == nil {
		return nil
	}
	return st.entries[0]
}

var formFields = strings.Fields("form region tps revision kind count figures attended previous reason explanations because corrections scans witnesses stations_in stations_expected as_of_text")

// same says whether a twin shows a value of a payload: what that lacks is null, false or an empty list.
func same(shown, real any) bool {
	switch shown := shown.(type) {
	case object:
		real, ok := real.(object)
		for name := range real {
			ok = ok && shown[name] != nil
		}
		for name, value := range shown {
			ok = ok && same(value, real[name])
		}
		return ok
	case []any:
		real, _ := real.([]any)
		ok := len(shown) == len(real)
		for n := 0; ok && n < len(shown); n++ {
			ok = same(shown[n], real[n])
		}
		return ok
	}
	return reflect.DeepEqual(shown, real) || shown == false && real == nil
}

// lists says whether the roster in force of a region has a child or TPS; without one it has all.
func (t *tally) lists(region, name string) bool {
	r := t.el.rosters[region]
	return r.st == nil || has(r.children, name) || has(r.tps, name)
}

// form compares a form as a twin shows it.
func (t *tally) form(name string, shown object, st *statement, fail func(string)) {
	if (shown == nil) != (st == nil) {
		fail(name)
	}
	if shown == nil || st == nil {
		return
	}
	for _, field := range formFields {
		if !same(shown[field], st.o[field]) {
			fail(name + "." + field)
		}
	}
	agree(name+".index", shown["index"], st.entries[0], fail)
	t.l.statementFits(name, shown, st, fail)
}

// region compares what a page says of its region; the contest's own may have no name in a roster.
func (t *tally) region(shown object, code string, fail func(string)) {
	agree("region.code", shown["code"], code, fail)
	agree("region.level", shown["level"], levelOf(code), fail)
	if name := t.el.names[code]; name != "" {
		agree("region.name", shown["name"], name, fail)
	}
}

func (r roster) object() object {
	if r.st == nil {
		return nil
	}
	return r.st.o
}

func (t *tally) stationTwin(region, tps string) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		s := t.slot("c_hasil", region, tps)
		t.form("head", child(twin, "head"), t.head("c_hasil", region, tps), fail)
		agree("contested", twin["contested"], s != nil && s.contested(), fail)
		t.doubts(region, tps, list(twin, "doubts"), fail)
		agree("summed", twin["summed"], s != nil && s.summed && s.form == "c_hasil", fail)
		agree("tps", twin["tps"], tps, fail)
		agree("left_out", list(twin, "left_out"), t.el.leftOutTwin(text(t.contest, "id"), region+"/"+tps), fail)
		agree("ruled", list(twin, "ruled"), t.el.ruledTwin(text(t.contest, "id"), region, tps), fail)
		agree("recommended", list(twin, "recommended"), t.l.placeAdvice(t.el, t.contest, t.el.address(t.contest, region, tps)), fail)
		agree("page", twin["page"], "tps", fail)
		agree("status", twin["status"], t.status(region, tps), fail)
		t.column(region, tps, t.head("c_hasil", region, tps), twin, fail)
		t.l.picturesTold(t.el, object{"election": t.el.id, "contest": t.contest["id"], "form": "c_hasil", "region": region, "tps": tps}, twin, fail)
		t.el.stationReadiness(text(t.contest, "id"), region, tps, twin, fail)
		t.el.stationCopies(object{"contest": t.contest["id"], "region": region, "tps": tps}, twin, fail)
		slot := object{"contest": t.contest["id"], "form": "c_hasil", "region": region, "tps": tps}
		told := child(twin, "incidents")
		t.l.casesFit(t.el, t.contest, region, objects(told, "cases"), fail)
		if some(objects(told, "cases"), func(one object) bool {
			return slotName(one) != strings.TrimPrefix(slotName(slot), text(t.contest, "id"))
		}) || len(objects(told, "cases"))+num(told, "more") != t.el.lines(slot) {
			fail("incidents.cases")
		}
		agree("incidents.meeting", child(twin, "incidents")["meeting"], t.el.meeting(slot), fail)
		t.region(child(twin, "region"), region, fail)
		agree("registered", twin["registered"], t.el.registered(region, tps), fail)
		t.noticesAt(region, tps, twin, fail)
		agree("listed", twin["listed"], t.lists(region, tps), fail)
		var shown []string
		for _, one := range objects(twin, "statements") {
			t.form("statements", one, t.l.byID[text(one, "id")], fail)
			shown = append(shown, text(one, "id"))
		}
		if !alike(shown, t.l.forms(s)) {
			fail("statements")
		}
		ev := t.l.evidence()
		ev.names(t.el, region)
		ev.shown(t.head("c_hasil", region, tps))
		ev.ruled(t, region+"/"+tps)
		ev.check(twin, fail)
	}
}

// forms are the ids of all forms about a slot that are not void.
func (l *ledger) forms(s *slot) []string {
	ids := map[string]bool{}
	for n := 0; s != nil && n < len(s.entries); n++ {
		if st := l.entries[s.entries[n]].st; st != nil && st.o["kind"] == "form" {
			ids[st.id] = true
		}
	}
	return sortedKeys(ids)
}

// missingTwin checks the list of forms that are not in.
func (t *tally) missingTwin(region string) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		var codes []string
		for _, k := range objects(twin, "kelurahan") {
			code := text(k, "code")
			codes = append(codes, code)
			agree("expected", k["expected"], count(t.sum(code).expected), fail)
			var shown, real []string
			for _, one := range objects(k, "missing") {
				shown = append(shown, text(one, "tps"))
			}
			for _, tps := range t.el.rosters[code].tps {
				if t.heads[code][tps] == nil && t.sourceHasC() {
					real = append(real, tps)
				}
			}
			if !alike(shown, real) {
				fail("missing of " + code)
			}
		}
		if !alike(codes, t.el.rosters[region].children) {
			fail("kelurahan")
		}
	}
}

// sourceHasC says whether a replay's source has forms of stations at all.
func (t *tally) sourceHasC() bool {
	forms := list(t.contest, "source_forms")
	return len(forms) == 0 || some(forms, func(form any) bool { return form == "c_hasil" })
}
