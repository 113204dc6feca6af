package main

import "strings"

// A move is what an entry did by which another form of a slot came to count.
type move struct {
	entry  int
	now    *statement
	totals object // as a twin has them
}

// A standing holds the totals of a contest while the entries are read.
type standing struct {
	below   map[string]sum        // region: what lies below adds up to
	running map[string]*statement // region: its summary
	alike   map[string]sum        // form/region: heads of this kind strictly below; at the top its own
}

// moved keeps what the entry did if it gave the slot another head.
func (el *election) moved(s *slot, old *statement, entry int) {
	if s.head == old {
		return
	}
	contest, st := el.contest(s.contest), el.standings[s.contest]
	if st == nil {
		st = &standing{map[string]sum{}, map[string]*statement{}, map[string]sum{}}
		el.standings[s.contest] = st
	}
	if !el.sums(s) {
		return
	}
	top := text(contest, "region")
	summed := s.form == "c_hasil" || s.form == "summary"
	nearest := s.region
	if !summed && nearest != top {
		nearest = parentOf(nearest)
	}
	codes := []string{nearest}
	if nearest != top {
		codes = append(codes, top)
	}
	var places []any
	for _, code := range codes {
		place := object{"code": code, "level": levelOf(code), "name": el.names[code], "address": el.address(contest, code, ""), "expected": nil, "before": st.stand(s.form, code)}
		if summed {
			place["expected"] = count(el.expected(code))
		}
		places = append(places, place)
	}
	step := plus(entered(s.head, 1), entered(old, -1))
	st.add(s, top, step)
	for _, place := range places {
		place := place.(object)
		place["after"] = st.stand(s.form, text(place, "code"))
	}
	change := object{}
	for name, f := range votes(step) {
		change[name] = f[0]
	}
	s.moves = append(s.moves, move{entry, s.head, object{"entry": entry, "form": s.form, "before": indexOf(old), "change": change, "places": places}})
}

// sums says whether the head of a slot is in the sums: of a TPS since a roster listed it while it had one.
func (el *election) sums(s *slot) bool {
	s.summed = s.summed || s.form != "c_hasil" || has(el.rosters[s.region].tps, s.tps)
	return s.summed
}

// entered is what a form adds (sign 1) or takes away (-1), no form nothing.
func entered(st *statement, sign int) sum {
	s := sum{figures: map[string][2]int{}}
	if st != nil {
		s.counted = sign
		for name, value := range child(st.o, "figures") {
			s.figures[name] = [2]int{sign * value.(int), sign}
		}
	}
	return s
}

func plus(a, b sum) sum {
	s := sum{counted: a.counted + b.counted, figures: map[string][2]int{}}
	for _, part := range []sum{a, b} {
		for name, f := range part.figures {
			old := s.figures[name]
			s.figures[name] = [2]int{old[0] + f[0], old[1] + f[1]}
		}
	}
	return s
}

func minus(a, b sum) sum {
	negative := sum{counted: -b.counted, figures: map[string][2]int{}}
	for name, f := range b.figures {
		negative.figures[name] = [2]int{-f[0], -f[1]}
	}
	return plus(a, negative)
}

// add lets the slot's head count in all totals up to the contest's region.
func (st *standing) add(s *slot, top string, step sum) {
	region := s.region
	if s.form == "summary" {
		before, _ := st.shown(region)
		st.running[region] = s.head
		after, _ := st.shown(region)
		st.raise(parentOf(region), top, minus(after, before))
	} else if s.form == "c_hasil" {
		st.raise(region, top, step)
	} else {
		for _, place := range line(region) {
			if within(place, top) && (place != region || place == top) {
				st.alike[s.form+"/"+place] = plus(st.alike[s.form+"/"+place], step)
			}
		}
	}
}

func (st *standing) raise(region, top string, step sum) {
	for ; within(region, top); region = parentOf(region) {
		before, _ := st.shown(region)
		st.below[region] = plus(st.below[region], step)
		after, _ := st.shown(region)
		step = minus(after, before)
	}
}

func (st *standing) shown(region string) (sum, bool) {
	s := st.below[region]
	running := st.running[region]
	if running == nil || s.counted >= num(running.o, "stations_in") {
		return s, false
	}
	s = sum{counted: num(running.o, "stations_in"), figures: map[string][2]int{}}
	for name, value := range child(running.o, "figures") {
		s.figures[name] = [2]int{value.(int), s.counted}
	}
	return s, true
}

func (st *standing) stand(form, region string) object {
	s, running := st.alike[form+"/"+region], false
	if form == "c_hasil" || form == "summary" {
		s, running = st.shown(region)
	}
	known := votes(s)
	for name, f := range known {
		if f[1] == 0 {
			delete(known, name)
		}
	}
	return object{"counted": s.counted, "running": running, "fields": plain(known)}
}

func votes(s sum) map[string][2]int {
	told := map[string][2]int{}
	for name, f := range s.figures {
		if strings.HasPrefix(name, "pair_") || has([]string{"valid", "invalid", "total"}, name) {
			told[name] = f
		}
	}
	return told
}

// expected stations of a region by the rosters in force, -1 if they do not say.
func (el *election) expected(region string) int {
	if n, known := el.expects[region]; known {
		return n
	}
	ros, n := el.rosters[region], -1
	if ros.st != nil && levelOf(region) == "kelurahan" {
		n = len(ros.tps)
	} else if ros.st != nil {
		n = 0
		for _, code := range ros.children {
			if part := el.expected(code); part < 0 || n < 0 {
				n = -1
			} else {
				n += part
			}
		}
	}
	el.expects[region] = n
	return n
}

// totals are those of the twin of an entry's page.
func (e *entry) totals() any {
	if e.st == nil || e.st.slot == nil {
		return nil
	}
	for _, m := range e.st.slot.moves {
		if m.now == e.st || e.o["kind"] == "answer" && m.entry == e.st.effect {
			m.totals["after"] = m.now.entries[0]
			return m.totals
		}
	}
	return nil
}
