package main

import (
	"fmt"
	"sort"
	"strings"
)

// handedOver is what is in force of a TPS: by step, of a kelurahan and TPS.
type handedOver map[string]*statement

func readinessFits(o object) bool {
	arrives := o["step"] == "arrived"
	told, rising := map[any]bool{}, func(name string, by ...string) bool {
		last := ""
		for _, one := range objects(o, name) {
			key := ""
			for _, part := range by {
				key += text(one, part) + "\x00"
			}
			if key <= last {
				return false
			}
			last = key
		}
		return true
	}
	for _, one := range objects(o, "ballots") {
		told[one["contest"]] = true
	}
	ok := levelOf(text(o, "region")) == "kelurahan" && arrives == (o["ballots"] != nil) && (arrives || o["items"] == nil && o["lacks"] == nil)
	for _, name := range []string{"boxes", "seals_whole", "seals_broken"} {
		ok = ok && arrives == (o[name] == nil)
	}
	for _, one := range objects(o, "lacks") {
		ok = ok && (one["item"] == "ballots") == (one["contest"] != nil) && (one["contest"] == nil || told[one["contest"]])
	}
	return ok && rising("ballots", "contest") && rising("items", "item") && rising("lacks", "item", "lack", "contest")
}

// readinessCondition: ballots are of contests held there, and two persons signed.
func (l *ledger) readinessCondition(o object, el *election, st *statement) string {
	for _, one := range objects(o, "ballots") {
		c := el.contest(text(one, "contest"))
		if c == nil || !within(text(o, "region"), text(c, "region")) {
			return "contest"
		}
	}
	if !l.demanded(o).byTwo(st.signers) {
		return "person"
	}
	return ""
}

// byTwo says whether those who count are two persons or more: who gives and who receives.
func (d demand) byTwo(signers []*key) bool {
	persons := map[string]bool{}
	for _, k := range signers {
		if some(d.all, func(b body) bool { return b.has(k) }) {
			persons[k.person] = true
		}
	}
	return len(persons) > 1
}

func (el *election) handOver(st *statement) {
	at := text(st.o, "region") + "/" + text(st.o, "tps")
	if el.handed[at] == nil {
		el.handed[at] = handedOver{}
	}
	st.ends = el.handed[at][text(st.o, "step")]
	el.handed[at][text(st.o, "step")] = st
}

// day is the page of the day of a kab/kota or kecamatan, "" of other regions.
func (el *election) day(region string) string {
	if level := levelOf(region); level != "kabko" && level != "kecamatan" || !within(region, el.top()) {
		return ""
	}
	return el.id + "/hari-ini/" + below(region, el.top())
}

// touchDays touches the pages of the day that are there; one that begins, all that leads to it too.
func (l *ledger) touchDays(el *election, region string, n int, begin bool) {
	for _, r := range line(region) {
		page := el.day(r)
		if page == "" || !el.days[r] && !begin {
			continue
		}
		if !el.days[r] {
			el.days[r] = true
			l.touchFront(el, n)
			for _, c := range objects(el.o, "contests") {
				if within(r, text(c, "region")) {
					l.touched.own[el.address(c, r, "")] = n
				}
			}
		}
		l.touched.own[page] = n
	}
}

func (l *ledger) touchReadiness(el *election, o object, n int) {
	region := text(o, "region")
	for _, c := range objects(el.o, "contests") {
		if within(region, text(c, "region")) {
			l.touched.own[el.address(c, region, text(o, "tps"))] = n
			l.touched.own[el.address(c, region, "")] = n
		}
	}
	l.touchDays(el, region, n, true)
}

func lacksOf(o object) (all []string) {
	for _, one := range objects(o, "lacks") {
		all = append(all, fmt.Sprint(one["item"], one["lack"], one["contest"], one["number"]))
	}
	return all
}

// sheets are the ballots of a contest: that arrived, that the form received, and what they are to each other.
func (el *election) sheets(contest, at string) object {
	region, tps, _ := strings.Cut(at, "/")
	s := el.slots[slotName(object{"contest": contest, "form": "c_hasil", "region": region, "tps": tps})]
	found := object{"arrived": nil, "form": nil, "state": "untold"}
	if s != nil && s.head != nil {
		found["form"] = child(s.head.o, "figures")["ballots_received"]
	}
	if st := el.handed[at]["arrived"]; st != nil {
		for _, one := range objects(st.o, "ballots") {
			if one["contest"] == contest {
				found["arrived"] = one["sheets"]
			}
		}
	}
	switch {
	case found["arrived"] == nil:
	case found["form"] == nil:
		found["state"] = "no-form"
	case s.head.o["count"] != "first" && s.head.o["count"] != "recount":
		found["state"] = "other-count"
	case same(found["form"], found["arrived"]):
		found["state"] = "same"
	default:
		found["state"] = "different"
	}
	return found
}

// stationReadiness checks what the page of a TPS tells of its supplies.
func (el *election) stationReadiness(contest, region, tps string, twin object, fail func(string)) {
	at := region + "/" + tps
	shown := child(twin, "readiness")
	if (twin["readiness"] == nil) != (el.handed[at] == nil) {
		fail("readiness")
	}
	if twin["readiness"] == nil || el.handed[at] == nil {
		return
	}
	agree("readiness.sheets", shown["sheets"], any(el.sheets(contest, at)), fail)
	agree("readiness.today", shown["today"], el.day(parentOf(region)), fail)
	for _, step := range []string{"arrived", "returned"} {
		st, one := el.handed[at][step], child(shown, step)
		if (st == nil) != (shown[step] == nil) {
			fail("readiness." + step)
		} else if st != nil {
			if strings.Join(lacksOf(one), ";") != strings.Join(lacksOf(st.o), ";") || !same(one["index"], st.effect) || fmt.Sprint(texts(list(one, "marks"))) != fmt.Sprint(st.marks()) {
				fail("readiness." + step)
			}
			for _, name := range []string{"boxes", "seals_whole", "seals_broken"} {
				agree("readiness."+name, one[name], st.o[name], fail)
			}
			for _, name := range []string{"ballots", "items"} {
				if len(list(one, name)) != len(list(st.o, name)) || !same(any(list(one, name)), any(list(st.o, name))) {
					fail("readiness." + name)
				}
			}
		}
	}
}

// doubtful says whether what is in force of a step is suspect.
func (said handedOver) doubtful() bool {
	for _, st := range said {
		if st.suspect {
			return true
		}
	}
	return false
}

// ready counts the listed TPS of a region by what was said of them, as the page says it.
func (el *election) ready(region string) object {
	counts := object{"listed": 0, "ready": 0, "lacking": 0, "silent": 0, "returned": 0, "doubtful": 0}
	add := func(name string, n int) { counts[name] = counts[name].(int) + n }
	for _, kid := range el.rosters[region].children {
		for name, n := range el.ready(kid) {
			add(name, n.(int))
		}
	}
	for _, tps := range el.rosters[region].tps {
		said := el.handed[region+"/"+tps]
		add("listed", 1)
		switch {
		case said["arrived"] == nil:
			add("silent", 1)
		case said["arrived"].o["lacks"] != nil:
			add("lacking", 1)
		default:
			add("ready", 1)
		}
		if said["returned"] != nil {
			add("returned", 1)
		}
		if said.doubtful() {
			add("doubtful", 1)
		}
	}
	return counts
}

// regionReadiness checks what the page of a kelurahan counts, and where the page of a region leads.
func (el *election) regionReadiness(contest, region string, twin object, fail func(string)) {
	told, different := false, 0
	if levelOf(region) == "kelurahan" {
		for at := range el.handed {
			if strings.HasPrefix(at, region+"/") {
				told = true
				if el.sheets(contest, at)["state"] == "different" {
					different++
				}
			}
		}
	}
	real, today := any(nil), any(nil)
	if told {
		counts := el.ready(region)
		counts["different"] = different
		real, today = counts, el.day(parentOf(region))
	} else if el.days[region] {
		today = el.day(region)
	}
	agree("readiness", twin["readiness"], real, fail)
	agree("today", twin["today"], today, fail)
}

// thatDay returns the contests of a region whose vote is on the day of the election; all where none is.
func (el *election) thatDay(region string) []object {
	var all, then []object
	for _, c := range objects(el.o, "contests") {
		if within(region, text(c, "region")) {
			all = append(all, c)
			if c["date"] == nil || c["date"] == el.o["date"] {
				then = append(then, c)
			}
		}
	}
	if then == nil {
		return all
	}
	return then
}

// todayTwin checks the page of the day.
func (l *ledger) todayTwin(el *election, region string) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		agree("counts", twin["counts"], any(el.ready(region)), fail)
		var children []string
		for _, one := range objects(twin, "children") {
			code := text(one, "code")
			children = append(children, code)
			for name, n := range el.ready(code) {
				agree("children."+name, one[name], n, fail)
			}
		}
		if !alike(children, el.rosters[region].children) {
			fail("children")
		}
		real, lacks := map[string][]string{}, func(place, said object, marks []string, index any) string {
			return fmt.Sprint(place["code"], place["tps"], lacksOf(said), marks, index)
		}
		for _, kid := range el.rosters[region].children {
			for _, tps := range el.rosters[kid].tps {
				said, at := el.handed[kid+"/"+tps], object{"code": kid, "tps": tps}
				if levelOf(region) != "kecamatan" {
					continue
				}
				if said["arrived"] == nil {
					real["silent"] = append(real["silent"], kid+tps)
				} else if said["arrived"].o["lacks"] != nil {
					real["lacking"] = append(real["lacking"], lacks(at, said["arrived"].o, said["arrived"].marks(), said["arrived"].effect))
				}
				if said.doubtful() {
					real["doubtful"] = append(real["doubtful"], kid+tps)
				}
			}
		}
		for _, name := range []string{"lacking", "silent", "doubtful"} {
			var shown []string
			for _, one := range objects(twin, name) {
				if name == "lacking" {
					shown = append(shown, lacks(one, one, texts(list(one, "marks")), one["index"]))
				} else {
					shown = append(shown, text(one, "code")+text(one, "tps"))
				}
			}
			sort.Strings(real[name])
			first := real[name][:min(24, len(real[name]))]
			if fmt.Sprint(shown) != fmt.Sprint(first) || num(child(twin, "more"), name) != len(real[name])-len(first) {
				fail(name)
			}
		}
		held := 0
		for _, c := range el.thatDay(region) {
			if held < len(objects(twin, "contests")) {
				one := objects(twin, "contests")[held]
				agree("contests.id", one["id"], c["id"], fail)
				agree("contests.open", one["open"], el.counts(c, region)["open"], fail)
				form := map[string]string{"kabko": "d_hasil_kabko", "kecamatan": "d_hasil_kecamatan"}[levelOf(region)]
				agree("contests.meeting", one["meeting"], el.meeting(object{"contest": c["id"], "form": form, "region": region}), fail)
			}
			held++
		}
		if held != len(objects(twin, "contests")) {
			fail("contests")
		}
		ev := l.evidence()
		ev.names(el, region)
		ev.check(twin, fail)
	}
}
