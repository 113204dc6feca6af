package main

import (
	"reflect"
	"strings"
)

func (el *election) contest(id string) object {
	for _, c := range objects(el.o, "contests") {
		if c["id"] == id {
			return c
		}
	}
	return nil
}

// knows says whether a slot can exist, or the reason why not.
func (el *election) knows(o object) string {
	c := el.contest(text(o, "contest"))
	region, tps := text(o, "region"), text(o, "tps")
	switch {
	case c == nil:
		return "contest"
	case !within(region, text(c, "region")) || el.names[region] == "":
		return "region"
	case tps != "" && !el.admits(region, tps):
		return "tps"
	}
	return ""
}

func (el *election) admits(region, tps string) bool { return el.tps[region][tps] }

// about notes what slot an entry speaks of, void or not, if that can exist by now.
func (l *ledger) about(i int, e *entry) {
	el := l.elections[text(e.o, "election")]
	if el == nil || e.o["form"] == nil || el.knows(e.o) != "" {
		return
	}
	s := el.slot(e.o)
	all := []int{i}
	if e.st != nil {
		all = e.st.entries
	}
	for _, j := range all {
		l.entries[j].slot = s
		if !has(s.entries, j) && !alone(e.o) {
			s.entries = append(s.entries, j)
		}
	}
}

func (el *election) slot(o object) *slot {
	name := slotName(o)
	if el.slots[name] == nil {
		el.slots[name] = &slot{name: name, contest: text(o, "contest"), form: text(o, "form"), region: text(o, "region"), tps: text(o, "tps")}
	}
	return el.slots[name]
}

// stations are the TPS that have a page in a contest.
func (el *election) stations(region string) []string { return sortedKeys(el.tps[region]) }

// tooLate says whether a roster, or one that it continues, changes places of a contest of which a form took effect.
func (el *election) tooLate(o object) bool {
	before := el.rosters[text(o, "region")]
	begun := func(place string) bool {
		for _, s := range el.slots {
			if top := text(el.contest(s.contest), "region"); len(s.took) > 0 && (within(place, top) || within(top, place)) {
				return true
			}
		}
		return false
	}
	return before.st != nil && before.st.late == "L4" || some(el.changes(o), begun)
}

// changes are the regions that a roster adds, renames or leaves out; the region itself if it adds or leaves out TPS.
func (el *election) changes(o object) (places []string) {
	region, before := text(o, "region"), el.rosters[text(o, "region")]
	names, numbers := map[string]string{}, []string{}
	for _, t := range objects(o, "tps") {
		numbers = append(numbers, text(t, "number"))
	}
	if !reflect.DeepEqual(numbers, append([]string{}, before.tps...)) {
		places = append(places, region)
	}
	for _, c := range objects(o, "children") {
		code := text(c, "code")
		names[code] = text(c, "name")
		if !has(before.children, code) || el.names[code] != names[code] {
			places = append(places, code)
		}
	}
	for _, code := range before.children {
		if _, stays := names[code]; !stays {
			places = append(places, code)
		}
	}
	return places
}

// condition is the reason why a statement that is signed well does not take effect, or "".
func (l *ledger) condition(o object, el *election, st *statement) string {
	region := text(o, "region")
	switch text(o, "kind") {
	case "log":
		p, err := policyOf(o)
		if err != nil || len(p.logs) != 1 || p.logs[0].key.text != o["log_key"] {
			return "policy"
		}
		if reason := unacceptable(st); reason != "" {
			return reason
		}
		if len(named(st)) < len(list(child(o, "operators"), "keys"))+2 {
			return "key-taken"
		}
	case "uploaders":
		if !allFit(o, "origins", text(l.origin, "rp_id")) {
			return "uploader"
		}
		if !some(list(o, "origins"), func(v any) bool { return !has(l.origins(l.origin), v.(string)) }) {
			return "already"
		}
	case "clock":
		if l.origin["mode"] == "replay" || l.clock > 0 && unix(o) < l.told+60 {
			return "clock"
		}
	case "election":
		return l.electionCondition(o, el, st)
	case "recommendation":
		return el.adviceCondition(o)
	case "response":
		return l.responseCondition(o, el)
	case "roster":
		if region != "id" && el.names[region] == "" {
			return "region"
		}
		if region == "id" && el.twoAbove(o) {
			return "region"
		}
		if before, ok := el.rosters[region]; ok {
			if !follows(o, before.st) {
				return "previous"
			}
		} else if num(o, "revision") != 1 {
			return "previous"
		}
	case "grant":
		if el.names[region] == "" {
			return "region"
		}
		if tps := text(o, "tps"); tps != "" && !el.admits(region, tps) {
			return "tps"
		}
		if reason := unacceptable(st); reason != "" {
			return reason
		}
		for id := range named(st) {
			if l.keys[id] != nil {
				return "key-taken"
			}
		}
	case "revoke":
		k := l.keys[text(o, "keyid")]
		if k == nil || k.election != el.id || strings.HasPrefix(k.body, "roots") {
			return "key"
		}
		if k.ended > 0 && o["suspect_from"] == nil {
			return "already"
		}
	case "determination":
		if reason := el.ofWholeContest(o); reason != "" {
			return reason
		}
		if o["certificate"] != nil && !el.isCertificate(o, l.byID[text(o, "certificate")]) {
			return "certificate"
		}
		if !continues(o, el.decided[text(o, "contest")]) {
			return "previous"
		}
	case "withhold":
		if l.namedFirst(text(o, "digest")) == nil {
			return "target"
		}
		if !continues(o, l.withheld[text(o, "digest")]) {
			return "previous"
		}
	case "elected":
		return el.electedCondition(o)
	case "ruling":
		return el.rulingCondition(o)
	case "readiness":
		return l.readinessCondition(o, el, st)
	case "form", "objection", "event", "answer", "copy", "pictures":
		if reason := el.knows(o); reason != "" {
			return reason
		}
		pairs := len(list(el.contest(text(o, "contest")), "pairs"))
		figures := child(o, "figures")
		if o["kind"] == "objection" {
			figures = child(o, "claims")
		}
		for name := range figures {
			if n, ok := decimal(strings.TrimPrefix(name, "pair_")); ok && n > pairs {
				return "pairs"
			}
		}
		if o["accept"] != nil {
			s := el.slots[slotName(o)]
			if s == nil || s.find(text(o, "accept")) == nil {
				return "accept"
			}
			if s.accepted != nil && s.by.rank > st.rank {
				return "higher-body"
			}
		}
		if l.unanswerable(o, el) {
			return "target"
		}
		if l.outranked(st, el) {
			return "higher-body"
		}
	}
	return ""
}

// twoAbove says whether a roster of the country would give a region a second one above it.
func (el *election) twoAbove(o object) bool {
	for _, c := range objects(o, "children") {
		code := text(c, "code")
		ofContest := func(c object) bool { return c["region"] == parentOf(code) }
		if levelOf(code) == "kabko" && (el.names[parentOf(code)] != "" || some(objects(el.o, "contests"), ofContest)) {
			return true
		}
		if levelOf(code) == "provinsi" && el.names[code] == "" && some(sortedKeys(el.names), func(known string) bool { return within(known, code) }) {
			return true
		}
	}
	return false
}

func follows(o object, before *statement) bool {
	return text(o, "previous") == before.id && num(o, "revision") == num(before.o, "revision")+1
}

// continues says whether a statement follows the one before it, or is the first where there is none.
func continues(o object, before *statement) bool {
	if before == nil {
		return num(o, "revision") == 1
	}
	return follows(o, before)
}

// unacceptable is the reason why a named key can be none, or "".
func unacceptable(st *statement) string {
	for _, k := range named(st) {
		if !acceptable(k.alg, k.public) {
			return "unacceptable-key"
		}
	}
	return ""
}

func (l *ledger) electionCondition(o object, el *election, st *statement) string {
	if reason := unacceptable(st); reason != "" {
		return reason
	}
	for id, k := range named(st) {
		if other := l.keys[id]; other != nil && (other.ended > 0 || other.election != k.election || other.body != k.body) {
			return "key-taken"
		}
	}
	if el == nil {
		if num(o, "revision") != 1 {
			return "previous"
		}
		if len(l.list) >= 40 {
			return "limit"
		}
		for _, c := range objects(o, "contests") {
			if !l.knowsFollowed(c) {
				return "contest"
			}
		}
		return ""
	}
	before, after := objects(el.o, "contests"), objects(o, "contests")
	if !follows(o, el.st) || len(after) < len(before) || !reflect.DeepEqual(frozen(o, len(before)), frozen(el.o, len(before))) {
		return "previous"
	}
	for _, day := range texts(list(el.o, "holidays")) {
		if !has(texts(list(o, "holidays")), day) {
			return "previous"
		}
	}
	for at, c := range after {
		if at >= len(before) {
			if followsHere(c) == "" {
				return "previous"
			}
			continue
		}
		for n, was := range objects(before[at], "pairs") {
			pair := objects(c, "pairs")[n]
			said, own := list(was, "notes"), list(pair, "notes")
			if len(own) < len(said) || len(said) > 0 && !reflect.DeepEqual(own[:len(said)], said) {
				return "previous"
			}
		}
	}
	return ""
}

// knowsFollowed tells whether the contest of another election exists that one follows.
func (l *ledger) knowsFollowed(c object) bool {
	named := child(c, "follows")
	if named == nil || named["election"] == nil {
		return true
	}
	other := l.elections[text(named, "election")]
	if other == nil {
		return false
	}
	before := other.contest(text(named, "contest"))
	return before != nil && before["office"] == c["office"] && before["region"] == c["region"]
}

// followed are the other elections of which a contest is followed by one of an election.
func followed(o object) (names []string) {
	for _, c := range objects(o, "contests") {
		if other := text(child(c, "follows"), "election"); other != "" {
			names = append(names, other)
		}
	}
	return names
}

// following is the last election of which a contest follows one of another election.
func (l *ledger) following(id, contest string) (last *election) {
	for _, el := range l.list {
		if el.followerOf(id, contest) != nil {
			last = el
		}
	}
	return last
}

// followerOf is the contest that follows one of another election.
func (el *election) followerOf(id, contest string) object {
	for _, c := range objects(el.o, "contests") {
		if named := child(c, "follows"); named != nil && named["election"] == id && named["contest"] == contest {
			return c
		}
	}
	return nil
}

// followsHere is the contest of the same election that one follows.
func followsHere(c object) string {
	if named := child(c, "follows"); named != nil && named["election"] == nil {
		return text(named, "contest")
	}
	return ""
}

// frozen is what no revision of an election may change, of its first contests.
func frozen(o object, known int) object {
	kept := without(o, "at", "revision", "previous", "roots", "holidays")
	var contests []object
	for _, c := range objects(o, "contests")[:known] {
		copied, pairs := without(c, "pairs"), []object{}
		for _, pair := range objects(c, "pairs") {
			pairs = append(pairs, without(pair, "notes"))
		}
		copied["pairs"] = pairs
		contests = append(contests, copied)
	}
	kept["contests"] = contests
	return kept
}

func without(o object, names ...string) object {
	rest := object{}
	for name, value := range o {
		if !has(names, name) {
			rest[name] = value
		}
	}
	return rest
}

// replaced is what a statement is a revision of; forms have their chain, and what courts may end says it of itself.
func (l *ledger) replaced(o object) *statement {
	if o["previous"] == nil || has([]string{"form", "determination", "elected", "ruling"}, text(o, "kind")) {
		return nil
	}
	return l.byID[text(o, "previous")]
}

// effect changes the register and the results.
func (l *ledger) effect(st *statement, el *election, i int) {
	o := st.o
	st.ends = l.replaced(o)
	defer func() {
		if st.ends != nil {
			st.ends.replaced, st.ends.by = true, st
		}
	}()
	switch text(o, "kind") {
	case "log":
		l.origin = o
		l.register(st)
	case "publication":
		st.ends, l.published = l.published, st
	case "app":
		st.ends, l.app = l.app, st
	case "withhold":
		l.withheld[text(o, "digest")] = st
	case "uploaders":
		l.added = append(l.added, st)
	case "clock":
		l.clock, l.told = i, unix(o)
	case "close":
		l.closed = true
	case "election":
		if el == nil {
			el = &election{id: text(o, "election"), rosters: map[string]roster{}, names: map[string]string{}, tps: map[string]map[string]bool{},
				slots: map[string]*slot{}, decided: map[string]*statement{}, determined: map[string][]*statement{}, elected: map[string][]*statement{}, dockets: map[string]*docket{}, advice: map[string]*advice{}, papers: map[string]map[string]*paper{}, handed: map[string]handedOver{}, days: map[string]bool{}, incidents: map[string]*incident{}, pictures: map[string]*statement{}, told: map[string]bool{}, standings: map[string]*standing{}, expects: map[string]int{}}
			l.elections[el.id] = el
			l.list = append(l.list, el)
		}
		kept := named(st)
		for id, k := range l.keys {
			if k.election == el.id && strings.HasPrefix(k.body, "roots") && kept[id] == nil {
				k.ended = i
			}
		}
		el.st, el.o = st, o
		l.register(st)
	case "roster":
		r := roster{st: st}
		if el.tooLate(o) {
			st.late = "L4"
		}
		for _, c := range objects(o, "children") {
			r.children = append(r.children, text(c, "code"))
			el.names[text(c, "code")] = text(c, "name")
		}
		for _, t := range objects(o, "tps") {
			r.tps = append(r.tps, text(t, "number"))
			el.station(text(o, "region"), text(t, "number"))
		}
		el.rosters[text(o, "region")], el.expects = r, map[string]int{}
		for _, s := range el.slots { // a form that waited for a roster to list its TPS
			if s.region == o["region"] && s.head != nil && !s.summed && el.sums(s) {
				el.standings[s.contest].add(s, text(el.contest(s.contest), "region"), entered(s.head, 1))
			}
		}
	case "grant":
		l.register(st)
	case "revoke":
		k := l.keys[text(o, "keyid")]
		if k.ended == 0 {
			k.ended = i
		}
		if o["suspect_from"] != nil {
			k.doubts = append(k.doubts, st)
		}
	case "determination":
		el.decided[text(o, "contest")] = st
		el.determined[text(o, "contest")] = append(el.determined[text(o, "contest")], st)
	case "elected":
		el.elected[text(o, "contest")] = append(el.elected[text(o, "contest")], st)
	case "ruling":
		d := el.docketOf(text(o, "contest"))
		if before := d.now[spelled(o["number"])]; before != nil {
			l.touchRuled(el, before.o, i+1)
		}
		d.rule(st)
	case "recommendation":
		places, named := []string{}, []string{el.names[text(o, "region")]}
		for _, place := range objects(o, "places") {
			named = append(named, el.names[text(place, "region")])
			places = append(places, el.address(el.contest(text(o, "contest")), text(place, "region"), text(place, "tps")))
		}
		if before := el.advice[register(o)]; before != nil {
			l.touchAdvice(el, o, before.places, i+1)
		}
		el.advice[register(o)] = &advice{st: st, responses: map[string]*statement{}, places: places, names: named, last: st.effect}
	case "copy":
		el.hold(st, i)
	case "readiness":
		el.handOver(st)
	case "pictures":
		l.picture(st, el)
	case "response":
		a := el.advice[register(l.byID[text(o, "to")].o)]
		a.responses[seatOf(o)], a.last = st, st.effect
	case "form", "objection", "event", "answer":
		st.slot = el.slot(o)
		old, before := st.slot.head, append([]*statement{}, st.slot.carriers...)
		if o["kind"] == "form" {
			el.chain(st, l.closed)
		} else if o["accept"] != nil {
			if chosen := st.slot.find(text(o, "accept")); chosen != st.slot.head {
				for _, m := range strings.Fields(st.slot.marks(el, l.closed)) {
					st.late += " " + m
					if !has(strings.Fields(chosen.late), m) {
						chosen.late += " " + m
					}
				}
			}
			st.slot.accept(st.slot.find(text(o, "accept")), st)
		}
		if o["kind"] != "form" {
			l.say(st, el, before)
		}
		el.moved(st.slot, old, i)
	}
}

func (l *ledger) register(st *statement) {
	for id, k := range named(st) {
		if l.keys[id] == nil {
			l.keys[id] = k
		}
	}
}

func (el *election) station(region, tps string) {
	if el.tps[region] == nil {
		el.tps[region] = map[string]bool{}
	}
	el.tps[region][tps] = true
}

func policyOf(o object) (policy, error) {
	var lines []string
	for _, line := range list(o, "policy") {
		lines = append(lines, line.(string))
	}
	return parsePolicy(strings.Join(lines, "\n") + "\n")
}
