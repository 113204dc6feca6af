package main

import "fmt"

// notices are what is worth a look on the form that counts at a TPS: R14, R16, W1, W2, each with its figures.
func (t *tally) notices(region, tps string) (all []object) {
	head := t.head("c_hasil", region, tps)
	if head == nil {
		return nil
	}
	figures := child(head.o, "figures")
	add := func(rule string, others []any, names ...string) {
		about := object{}
		for _, name := range names {
			about[name] = figures[name]
		}
		all = append(all, object{"rule": rule, "figures": about, "others": others})
	}
	listed := t.el.registered(region, tps)
	if listed != nil && figures["registered"] != nil && listed != figures["registered"] {
		add("R14", []any{listed}, "registered")
	}
	var differing []string
	others := []any{}
	for _, name := range []string{"listed", "moved", "unlisted"} {
		signed, field := child(head.o, "attended")[name], "voted_"+name
		if signed != nil && figures[field] != nil && figures[field] != signed {
			differing, others = append(differing, field), append(others, signed)
		}
	}
	if len(differing) > 0 {
		add("R16", others, differing...)
	}
	t.oneForAll(figures, add)
	if invalid := num(figures, "invalid"); invalid > 0 && figures["total"] != nil && invalid*10 >= num(figures, "total") {
		add("W2", []any{}, "invalid", "total")
	}
	return all
}

// oneForAll adds W1: one pair has all of 50 or more valid votes, and 995 of 1,000 registered voted.
func (t *tally) oneForAll(figures object, add func(string, []any, ...string)) {
	voted := "voted"
	if figures[voted] == nil {
		voted = "total"
	}
	registered, valid := num(figures, "registered"), num(figures, "valid")
	if figures[voted] == nil || registered == 0 || valid < 50 || num(figures, voted)*1000 < registered*995 {
		return
	}
	for n := range objects(t.contest, "pairs") {
		if pair := fmt.Sprintf("pair_%d", n+1); figures[pair] == valid {
			add("W1", []any{}, "registered", voted, pair, "valid")
			return
		}
	}
}

// registered are the voters that the roster in force gives a TPS, or nil.
func (el *election) registered(region, tps string) (all any) {
	for _, one := range objects(el.rosters[region].object(), "tps") {
		if one["number"] == tps {
			all = one["registered"]
		}
	}
	return all
}

// noticesAt checks the notices that the page of a TPS tells, but for what explains them.
func (t *tally) noticesAt(region, tps string, twin object, fail func(string)) {
	real, shown := []any{}, []any{}
	for _, one := range t.notices(region, tps) {
		real = append(real, one)
	}
	for _, one := range objects(twin, "notices") {
		shown = append(shown, without(one, "explanation"))
	}
	agree("notices", shown, real, fail)
}

// noticesIn checks how many TPS of a kelurahan have each notice, and the first of them.
func (t *tally) noticesIn(region string, twin object, fail func(string)) {
	found, real := map[string][]any{}, []any{}
	if levelOf(region) == "kelurahan" {
		for _, tps := range t.el.stations(region) {
			for _, one := range t.notices(region, tps) {
				found[text(one, "rule")] = append(found[text(one, "rule")], tps)
			}
		}
	}
	for _, rule := range []string{"R14", "R16", "W1", "W2"} {
		if all := found[rule]; len(all) > 0 {
			real = append(real, object{"rule": rule, "n": len(all), "tps": all[:min(len(all), 12)]})
		}
	}
	agree("notices", list(twin, "notices"), real, fail)
}
