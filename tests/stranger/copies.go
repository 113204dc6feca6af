package main

import "fmt"

// A paper is a holder's copy of the C.Hasil of a TPS that is in force.
type paper struct {
	st     *statement
	before any // entry of the holder's first copy, if no form of the TPS took effect before it
}

func copyFits(o object) bool {
	observer := o["body"] == "pemantau"
	return levelOf(text(o, "region")) == "kelurahan" && (o["body"] == "saksi") == (o["pair"] != nil) && observer == (o["organisation"] != nil) && observer == (o["source"] != nil)
}

// copied is the slot of the form that a copy is one of; it makes none.
func (el *election) copied(o object) *slot {
	return el.slots[slotName(object{"contest": o["contest"], "form": "c_hasil", "region": o["region"], "tps": o["tps"]})]
}

func copySeat(o object) string { return text(o, "contest") + " " + text(o, "region") }

// hold puts a copy in force, in place of an earlier one of its holder.
func (el *election) hold(st *statement, i int) {
	o := st.o
	at, holder := copySeat(o), fmt.Sprint(text(o, "tps"), " ", text(o, "body"), " ", o["pair"], " ", text(o, "organisation"))
	if el.papers[at] == nil {
		el.papers[at] = map[string]*paper{}
	}
	before := any(nil)
	if old := el.papers[at][holder]; old != nil {
		before, st.ends = old.before, old.st
	} else if s := el.copied(o); s == nil || len(s.took) == 0 {
		before = i
	}
	el.papers[at][holder] = &paper{st, before}
}

// compare says what a copy is to the form that counts, and in how many figures they differ.
func (el *election) compare(p *paper) (string, int) {
	s := el.copied(p.st.o)
	if s == nil || s.head == nil {
		return "no-form", 0
	}
	if s.head.o["count"] != p.st.o["count"] {
		return "other-count", 0
	}
	differ, form := 0, child(s.head.o, "figures")
	for name, value := range child(p.st.o, "figures") {
		if form[name] != nil && !same(form[name], value) {
			differ++
		}
	}
	if differ > 0 {
		return "different", differ
	}
	return "same", 0
}

// stationCopies checks the copies that the page of a TPS tells.
func (el *election) stationCopies(o, twin object, fail func(string)) {
	real := map[string]*paper{}
	for _, p := range el.papers[copySeat(o)] {
		if p.st.o["tps"] == o["tps"] {
			state, differ := el.compare(p)
			real[fmt.Sprint(p.st.o["body"], p.st.o["pair"], p.st.o["organisation"], p.st.o["count"], p.st.o["source"], state, differ, p.before, p.st.effect, p.st.marks())] = p
		}
	}
	shown, seen := child(twin, "copies"), map[string]bool{}
	for _, one := range objects(shown, "said") {
		name := fmt.Sprint(one["body"], one["pair"], one["organisation"], one["count"], one["source"], one["state"], one["differ"], one["before"], one["index"], texts(list(one, "marks")))
		if real[name] == nil || seen[name] || !el.cellsFit(real[name], objects(one, "cells")) {
			fail("copies")
		}
		seen[name] = true
	}
	if len(real) != len(seen)+num(shown, "more") {
		fail("copies")
	}
}

// cellsFit says whether the cells told of a copy are figures in which it and the form differ, six at most.
func (el *election) cellsFit(p *paper, cells []object) bool {
	state, differ := el.compare(p)
	if state != "different" {
		return len(cells) == 0
	}
	told := map[string]bool{}
	for _, cell := range cells {
		field, copied := text(cell, "field"), child(p.st.o, "figures")
		form := child(el.copied(p.st.o).head.o, "figures")
		if told[field] || form[field] == nil || copied[field] == nil || same(form[field], copied[field]) || !same(cell["copy"], copied[field]) || !same(cell["form"], form[field]) {
			return false
		}
		told[field] = true
	}
	return len(told) == min(differ, 6)
}

// regionCopies checks how many TPS of a kelurahan have copies, and where one differs.
func (el *election) regionCopies(contest, region string, twin object, fail func(string)) {
	stations, different := map[string]bool{}, map[string]bool{}
	for _, p := range el.papers[contest+" "+region] {
		stations[text(p.st.o, "tps")] = true
		if state, _ := el.compare(p); state == "different" {
			different[text(p.st.o, "tps")] = true
		}
	}
	shown := child(twin, "copies")
	if (twin["copies"] == nil) != (len(stations) == 0) || num(shown, "stations") != len(stations) || num(shown, "different") != len(different) {
		fail("copies")
	}
}

// copiesTwin checks the page of a kelurahan's copies: the table, and each holder's own sums.
func (l *ledger) copiesTwin(el *election, contest, region string) func(object, func(string)) {
	return func(twin object, fail func(string)) {
		stations, real, seen := map[string]bool{}, []string{}, []string{}
		sums := map[string]map[string]int{}
		for _, p := range el.papers[contest+" "+region] {
			o := p.st.o
			stations[text(o, "tps")] = true
			state, differ := el.compare(p)
			holder := fmt.Sprint(o["body"], o["pair"], o["organisation"])
			real = append(real, fmt.Sprint(o["tps"], holder, state, differ, p.st.effect))
			if sums[holder] == nil {
				sums[holder] = map[string]int{}
			}
			sums[holder]["stations"]++
			if state == "same" || state == "different" {
				sums[holder]["beside"]++
			}
			if state == "different" {
				sums[holder]["different"]++
			}
			for name := range child(o, "figures") {
				sums[holder]["all "+name] += num(child(o, "figures"), name)
				if s := el.copied(o); state == "same" || state == "different" {
					if form := child(s.head.o, "figures"); form[name] != nil {
						sums[holder]["copies "+name] += num(child(o, "figures"), name)
						sums[holder]["forms "+name] += num(form, name)
					}
				}
			}
		}
		var names []string
		for _, one := range objects(twin, "holders") {
			names = append(names, fmt.Sprint(one["body"], one["pair"], one["organisation"]))
		}
		for _, row := range objects(twin, "stations") {
			agree("stations.address", row["address"], el.address(el.contest(contest), region, text(row, "tps")), fail)
			for at, cell := range list(row, "copies") {
				if o, ok := cell.(object); ok && at < len(names) {
					seen = append(seen, fmt.Sprint(row["tps"], names[at], o["state"], o["differ"], o["index"]))
				}
			}
		}
		if len(objects(twin, "stations")) != len(stations) || len(sums) != len(names)+num(twin, "more") {
			fail("stations")
		}
		if num(twin, "more") == 0 && !alike(real, seen) || some(seen, func(one string) bool { return !has(real, one) }) {
			fail("copies")
		}
		agree("listed", twin["listed"], len(el.rosters[region].tps), fail)
		told := objects(twin, "sums")
		if len(told) != len(names) {
			fail("sums")
		}
		for at, one := range told[:min(len(told), len(names))] {
			own := sums[names[at]]
			agree("sums.holder", one["holder"], any(objects(twin, "holders")[at]), fail)
			agree("sums.stations", one["stations"], own["stations"], fail)
			agree("sums.beside", one["beside"], own["beside"], fail)
			agree("sums.different", one["different"], own["different"], fail)
			for name := range child(one, "fields") {
				cell := child(child(one, "fields"), name)
				if all := list(cell, "all"); len(all) != 2 || !same(all[0], own["all "+name]) {
					fail("sums.all")
				}
				agree("sums.copies", cell["copies"], own["copies "+name], fail)
				agree("sums.forms", cell["forms"], own["forms "+name], fail)
			}
		}
	}
}

// touchCopies touches the page of a kelurahan's copies, if there are any.
func (l *ledger) touchCopies(el *election, contest object, region string, n int) {
	if el.papers[text(contest, "id")+" "+region] != nil {
		l.touched.own[el.address(contest, region, "")+"salinan/"] = n
	}
}
