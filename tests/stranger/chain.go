package main

import (
	"reflect"
	"strings"
)

// A slot is one paper: election, contest, form, region, TPS.
type slot struct {
	name, contest, form, region, tps string
	took                             []*statement // forms that took effect, in order
	head                             *statement
	accepted, by                     *statement   // by the answer that decides
	carriers                         []*statement // by which the accepted one counts
	entries                          []int
	moves                            []move
	summed                           bool // whether the head is in the sums; once true it stays so
}

func slotName(o object) string {
	return strings.Join([]string{text(o, "contest"), text(o, "form"), text(o, "region"), text(o, "tps")}, "/")
}

func (s *slot) contested() bool {
	return some(s.took, func(st *statement) bool { return st.status == "rival" })
}

// find is the statement of the slot that took effect under an id; a repeat stands for what it repeats.
func (s *slot) find(id string) *statement {
	for _, st := range s.took {
		if st.id == id {
			if st.same != nil {
				return st.same
			}
			return st
		}
	}
	return nil
}

// chain gives a form its place among those of its slot.
func (el *election) chain(st *statement, closed bool) {
	s := st.slot
	defer func() { s.took = append(s.took, st) }()
	st.content = without(st.o, "at")
	before := s.find(text(st.o, "previous"))
	if before != nil {
		st.content["previous"] = before.id
	}
	for _, other := range s.took {
		if other.same == nil && other.status != "orphan" && reflect.DeepEqual(other.content, st.content) {
			st.status, st.same = "repeat", other
			return
		}
	}
	st.late = s.marks(el, closed)
	if st.o["previous"] != nil && (before == nil || before.status == "orphan" || num(st.o, "revision") != num(before.o, "revision")+1) {
		st.status = "orphan"
		return
	}
	st.status = "rival"
	if before == s.head {
		if before != nil {
			before.status = "superseded"
		}
		st.status, s.head = "head", st
	}
}

// marks are L1 or L2, and L3.
func (s *slot) marks(el *election, closed bool) string {
	if closed && s.form != "summary" {
		return s.late(el) + " L3"
	}
	return s.late(el)
}

// late is the mark of a form that comes after the level above is done.
func (s *slot) late(el *election) string {
	switch {
	case s.form == "summary" || el.begunAnew(s):
		return ""
	case el.decided[s.contest] != nil:
		return "L2"
	}
	for _, place := range line(s.region) {
		form := certifies[levelOf(place)]
		other := el.slots[s.contest+"/"+form+"/"+place+"/"]
		if form != s.form && other != nil && other.head != nil {
			return "L1"
		}
	}
	return ""
}

// accept makes a statement the head after an answer.
func (s *slot) accept(chosen, by *statement) {
	line := map[*statement]bool{}
	for st := chosen; st != nil; st = s.find(text(st.o, "previous")) {
		if line[st] {
			break
		}
		line[st] = true
	}
	for _, st := range s.took {
		switch {
		case st == chosen:
			st.status = "head"
		case st.same != nil:
		case line[st]:
			st.status = "superseded"
		default:
			st.status = "set_aside"
		}
	}
	switch {
	case s.head != chosen:
		s.carriers = []*statement{by}
	case s.accepted != chosen:
		s.carriers = []*statement{chosen, by}
	default:
		s.carriers = append(s.carriers, by)
	}
	s.head, s.accepted, s.by = chosen, chosen, by
}
