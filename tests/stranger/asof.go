package main

import (
	"fmt"
	"strings"
)

// Touches say how many entries each page depends on: docs/formats.md, as_of.
type touches struct {
	log      int
	base     map[string]int // of an election
	own      map[string]int // of an address
	children map[string]int // of the pages one below an address
	up       map[string]int // election/region: the newest roster of a region at or below
	down     map[string]int // election/region: the newest roster of the region itself
	ruled    map[string]int // address of a region in a contest: the newest ruling about all of it
}

func newTouches() touches {
	return touches{base: map[string]int{}, own: map[string]int{}, children: map[string]int{}, up: map[string]int{}, down: map[string]int{}, ruled: map[string]int{}}
}

func bukti(i int) string { return fmt.Sprintf("bukti/%d/", i) }

// address is that of a region, or of a TPS in it, in a contest.
func (el *election) address(contest object, region, tps string) string {
	return el.id + "/" + text(contest, "id") + "/" + below(region, text(contest, "region")) + slash(tps)
}

func below(region, top string) string {
	if top != "id" {
		region = strings.TrimPrefix(strings.TrimPrefix(region, top), ".")
	}
	return slash(strings.ReplaceAll(region, ".", "/"))
}

func slash(part string) string {
	if part == "" {
		return ""
	}
	return part + "/"
}

// top is the deepest region at or above all contests, where pejabat/ begins.
func (el *election) top() string {
	contests := objects(el.o, "contests")
	top := text(contests[0], "region")
	for _, c := range contests {
		for !within(text(c, "region"), top) {
			top = parentOf(top)
		}
	}
	return top
}

func (el *election) officials(region string) string {
	return el.id + "/pejabat/" + below(region, el.top())
}

// line is the region and all above it, "id" last.
func line(region string) []string {
	all := []string{region}
	for region != "id" {
		region = parentOf(region)
		all = append(all, region)
	}
	return all
}

func (l *ledger) touch(i int, e *entry) {
	t, n := &l.touched, i+1
	t.own["buku-besar/"] = n
	t.own[bukti(i)] = n
	if st := l.byID[e.id]; st != nil {
		for _, j := range st.entries {
			t.own[bukti(j)] = n
		}
	}
	el := l.elections[text(e.o, "election")]
	if e.slot != nil && !alone(e.o) {
		l.touchSlot(el, e.o, n)
	}
	if e.st == nil || e.st.effect != i {
		return
	}
	if l.closed && e.o["election"] != nil && e.status != "repeat" {
		t.own[""] = n
		l.after[0]++
		if e.o["kind"] == "form" {
			l.after[1]++
		}
	}
	if before := e.st.ends; before != nil {
		for _, j := range before.entries {
			t.own[bukti(j)] = n
		}
	}
	region := text(e.o, "region")
	switch text(e.o, "kind") {
	case "log", "publication":
		t.log = n
	case "close":
		t.own[""] = n
	case "app":
		t.own["tentang/"] = n
	case "withhold":
		for _, j := range l.namedFirst(text(e.o, "digest")).entries {
			t.own[bukti(j)] = n
		}
		if shown := l.files[text(e.o, "digest")]; shown != nil {
			l.touchPictures(l.elections[text(shown.o, "election")], shown.o, n)
		}
	case "election":
		t.base[el.id], t.own[""], t.own["cari/"], t.own["tentang/"] = n, n, n, n
		for _, other := range followed(e.o) { // what it follows leads to it
			if num(e.o, "revision") == 1 {
				t.base[other] = n
			}
		}
	case "roster":
		l.touchFront(el, n)
		t.down[el.id+"/"+region] = n
		for _, r := range line(region) {
			t.up[el.id+"/"+r] = n
		}
		if len(region) == 2 {
			t.own["cari/"] = n
		}
	case "determination", "elected", "ruling":
		l.touchFront(el, n)
		l.touchDecisions(el, e.o, n)
	case "recommendation", "response":
		l.touchSaid(el, e.o, n)
	case "copy":
		l.touchCopy(el, e.o, n)
	case "readiness":
		l.touchReadiness(el, e.o, n)
	case "pictures":
		l.touchPictures(el, e.o, n)
	case "objection", "event", "answer":
		l.touchIncidents(el, e.o, n)
	case "grant":
		t.own[el.officials(region)] = n
	case "revoke":
		l.touchKey(el, l.keys[text(e.o, "keyid")], n)
	}
}

// touchDecisions touches what shows a decision or ruling of a contest: its own page, and all that was decided about it.
func (l *ledger) touchDecisions(el *election, o object, n int) {
	contest := el.contest(text(o, "contest"))
	l.touched.own[el.address(contest, text(o, "region"), "")] = n
	for _, st := range el.decisions(text(o, "contest")) {
		for _, j := range st.entries {
			l.touched.own[bukti(j)] = n
		}
	}
	l.touchRuled(el, o, n)
}

// touchRuled touches the places that a ruling is about, what is above them and below.
func (l *ledger) touchRuled(el *election, o object, n int) {
	contest := el.contest(text(o, "contest"))
	for _, place := range ruledPlaces(o) {
		region, tps, _ := strings.Cut(place, "/")
		for _, r := range line(region) {
			l.touched.own[el.address(contest, r, "")] = n
			if r == contest["region"] {
				break
			}
		}
		if tps == "" {
			l.touched.ruled[el.address(contest, region, "")] = n
		} else {
			l.touched.own[el.address(contest, region, tps)] = n
		}
	}
}

// around is the newest ruling about all of a region, or of one that it lies in.
func (t *touches) around(el *election, contest object, region string) int {
	newest := 0
	for _, r := range line(region) {
		if within(r, text(contest, "region")) {
			newest = max(newest, t.ruled[el.address(contest, r, "")])
		}
	}
	return newest
}

// touchSaid touches what shows a recommendation, or the one that a response is about.
func (l *ledger) touchSaid(el *election, o object, n int) {
	if o["kind"] == "response" {
		o = l.byID[text(o, "to")].o
	}
	l.touchAdvice(el, o, el.advice[register(o)].places, n)
}

// touchCopy touches what shows a copy: its TPS, the kelurahan, and the page of that one's copies.
func (l *ledger) touchCopy(el *election, o object, n int) {
	contest, region := el.contest(text(o, "contest")), text(o, "region")
	l.touched.own[el.address(contest, region, text(o, "tps"))] = n
	l.touched.own[el.address(contest, region, "")] = n
	l.touchCopies(el, contest, region, n)
}

// touchFront: the portal and the page of an election show the votes of its contests.
func (l *ledger) touchFront(el *election, n int) {
	l.touched.own[""], l.touched.own[el.id+"/"] = n, n
}

func (l *ledger) touchSlot(el *election, o object, n int) {
	t, contest := &l.touched, el.contest(text(o, "contest"))
	l.touchFront(el, n)
	region, tps := text(o, "region"), text(o, "tps")
	for _, i := range el.slot(o).entries {
		t.own[bukti(i)] = n
	}
	if tps != "" {
		t.own[el.address(contest, region, tps)] = n
		l.touchCopies(el, contest, region, n)
	} else {
		t.children[el.address(contest, region, "")] = n
	}
	for _, r := range line(region) {
		t.own[el.address(contest, r, "")] = n
		if r == contest["region"] {
			break
		}
	}
}

func (l *ledger) touchKey(el *election, k *key, n int) {
	l.touched.own[el.officials(k.region)] = n
	for _, j := range l.byID[k.grant].entries {
		l.touched.own[bukti(j)] = n
	}
}

// touchStatement touches what shows a statement of which the worth of signatures has changed.
func (l *ledger) touchStatement(st *statement, n int) {
	t, el, region := &l.touched, l.elections[text(st.o, "election")], text(st.o, "region")
	for _, j := range st.entries {
		t.own[bukti(j)] = n
	}
	if el != nil {
		l.touchFront(el, n)
	}
	switch {
	case l.entries[st.entries[0]].slot != nil:
		l.touchSlot(el, st.o, n)
		if st.effect >= 0 && text(st.o, "kind") == "pictures" {
			l.touchPictures(el, st.o, n)
		} else if st.effect >= 0 {
			l.touchIncidents(el, st.o, n)
		}
	case region != "":
		if kind := text(st.o, "kind"); st.effect >= 0 && (kind == "recommendation" || kind == "response") {
			l.touchSaid(el, st.o, n)
		} else if st.effect >= 0 && kind == "copy" {
			l.touchCopy(el, st.o, n)
		} else if st.effect >= 0 && kind == "readiness" {
			l.touchReadiness(el, st.o, n)
		} else if st.effect >= 0 && has([]string{"determination", "elected", "ruling"}, kind) {
			l.touchDecisions(el, st.o, n)
		}
		t.own[el.officials(region)] = n
		for _, c := range objects(el.o, "contests") {
			if within(region, text(c, "region")) {
				t.own[el.address(c, region, "")] = n
			}
		}
	}
}

// named is the newest roster at or above a region.
func (t *touches) named(el *election, region string) int {
	newest := 0
	for _, r := range line(region) {
		newest = max(newest, t.down[el.id+"/"+r])
	}
	return newest
}

// rostered is the newest roster at, above or below a region.
func (t *touches) rostered(el *election, region string) int {
	return max(t.up[el.id+"/"+region], t.named(el, region))
}

// A page is an address with its as_of and what its twin must say. Findings are not computed here, so that
// of their page lies between `least`, above zero, and asOf.
type page struct {
	address string
	asOf    int
	least   int
	check   func(twin object, fail func(string))
}

// settle takes the as_of that a page states, if it may have it.
func (p *page) settle(stated int) {
	if p.least > 0 && p.least <= stated && stated <= p.asOf {
		p.asOf = stated
	}
}

// pages are those of the site after all entries read so far.
func (l *ledger) pages() []page {
	if l.published == nil {
		return nil
	}
	t := &l.touched
	var all []page
	add := func(address string, check func(object, func(string)), at ...int) {
		asOf := max(t.own[address], t.log)
		for _, n := range at {
			asOf = max(asOf, n)
		}
		all = append(all, page{address: address, asOf: asOf, check: check})
	}
	add("", l.portalTwin)
	for _, address := range []string{"buku-besar/", "cara/", "cari/", "istilah/", "periksa/"} {
		add(address, nil)
	}
	add("tentang/", l.aboutTwin)
	for i, e := range l.entries {
		add(bukti(i), l.statementTwin(i), t.base[text(e.o, "election")])
	}
	for _, el := range l.list {
		base := t.base[el.id]
		add(el.id+"/", l.contestsTwin(el), base)
		regions := map[string]bool{el.top(): true}
		for region := range el.names {
			regions[region] = true
		}
		for region := range regions {
			if within(region, el.top()) {
				add(el.officials(region), l.officialsTwin(el, region), base, t.rostered(el, region))
			}
			if el.days[region] {
				add(el.day(region), l.todayTwin(el, region), base, t.rostered(el, region))
			}
			inContest := func(c object) bool { return within(region, text(c, "region")) }
			if levelOf(region) == "kabko" && el.names[region] != "" && some(objects(el.o, "contests"), inContest) {
				add("cari/"+el.id+"/"+region+"/", nil, base, t.rostered(el, region))
			}
		}
		for _, c := range objects(el.o, "contests") {
			tally := newTally(l, el, c)
			add(el.id+"/"+text(c, "id")+"/rekomendasi/", l.adviceTwin(el, c), base, t.named(el, text(c, "region")), t.around(el, c, text(c, "region")))
			regions[text(c, "region")] = true
			for region := range regions {
				if !within(region, text(c, "region")) {
					continue
				}
				address := el.address(c, region, "")
				above := 0
				if region != c["region"] {
					above = t.children[el.address(c, parentOf(region), "")]
				}
				rostered, ruled := t.rostered(el, region), t.around(el, c, region)
				add(address, tally.regionTwin(region), base, rostered, above, ruled)
				asOf := all[len(all)-1].asOf
				if el.told[text(c, "id")+" "+region] {
					add(address+"kejadian/", l.incidentsTwin(el, c, region), base, t.named(el, region), ruled)
				}
				if levelOf(region) == "kecamatan" {
					add(address+"temuan/", nil, asOf)
					all[len(all)-1].least = max(max(base, t.log), max(t.named(el, region), ruled))
					add(address+"belum-masuk/", tally.missingTwin(region), asOf)
				}
				if el.papers[text(c, "id")+" "+region] != nil {
					add(address+"salinan/", l.copiesTwin(el, text(c, "id"), region), base, rostered, ruled)
				}
				for _, tps := range el.stations(region) {
					add(el.address(c, region, tps), tally.stationTwin(region, tps), base, rostered, ruled, t.children[address])
				}
			}
		}
	}
	return all
}
