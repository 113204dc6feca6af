package main

import "strings"

// A key of the register: whose it is, and until when.
type key struct {
	id, alg                                                             string
	public                                                              []byte
	election, body, region, tps, person, position, organisation, acting string
	pair                                                                int
	grant                                                               string       // statement that registered it
	ended                                                               int          // entry that ended it, or 0
	doubts                                                              []*statement // revocations that say from where on it is suspect
	from                                                                int          // where that is by now, or -1
}

// A statement is everything that entries said under one id.
type statement struct {
	id       string
	o        object
	entries  []int // every entry with this id
	signers  []*key
	since    map[string]int // key: the entry that added its signature
	need     demand         // what had to sign it when it took effect
	past     []string       // roots that signed and were roots no more by then
	suspect  bool           // the signatures that are not suspect do not meet that
	doubted  []string       // keys whose signatures are suspect
	effect   int            // entry by which it took effect, or -1
	replaced bool           // a later one is in force
	by       *statement     // what replaced it
	ends     *statement     // what it replaced, decisions apart
	slot     *slot
	status   string     // of a form: its place in the chain
	late     string     // L1, L2, L3 (of an answer what it gave), of a roster L4, or none
	content  object     // of a form: all but `at`, a repeat named as what it repeats
	same     *statement // of a repeat: what it repeats
	rank     int        // of an answer: the body that met it, 0 the lowest
	body     string     // of an answer: the name of the body that met it
}

// An entry is one line of the log and what became of it when it came.
type entry struct {
	leaf         hash
	data         []byte
	id           string
	o            object
	status, void string
	st           *statement // nil if the entry is void
	slot         *slot      // what it is about, if that could exist when it came
	fresh        []*key     // signers that it added
	clock        int        // the last clock before it, or itself; 0: there is none
	hour         int64      // that it says, in Unix seconds
}

type roster struct {
	st       *statement
	children []string
	tps      []string
}

type election struct {
	id       string
	st       *statement // revision in force
	o        object
	rosters  map[string]roster
	names    map[string]string          // every region that a roster ever named
	tps      map[string]map[string]bool // every TPS that a roster or a statement ever named, per kelurahan
	slots    map[string]*slot
	decided  map[string]*statement
	pictures map[string]*statement        // of a slot, in force
	papers   map[string]map[string]*paper // copies of C.Hasil: of a contest and kelurahan, by TPS and holder
	handed   map[string]handedOver        // by kelurahan and TPS
	days     map[string]bool              // regions that have a page of the day
	advice   map[string]*advice           // by contest, body and number of its register
	// determined are all determinations of a contest that took effect, dockets what courts said of it.
	determined map[string][]*statement
	elected    map[string][]*statement // who is elected in a contest, by all that said so
	dockets    map[string]*docket
	// incidents are by kind, slot, side and number; told are the contests and regions that have a page of them.
	incidents map[string]*incident
	told      map[string]bool
	order     int

	standings map[string]*standing // contest: its totals so far
	expects   map[string]int       // stations by the rosters in force, once asked
}

type ledger struct {
	origin    object // entry 0
	entries   []*entry
	keys      map[string]*key
	byID      map[string]*statement
	elections map[string]*election
	list      []*election
	published *statement
	app       *statement
	words     map[string]*statement // digest of words: what named them first
	files     map[string]*statement // digest of a picture: what named it first
	withheld  map[string]*statement // digest of either: what is in force about it
	added     []*statement          // what said on which other pages passkeys sign
	closed    bool
	clock     int    // the last clock; 0: there is none
	told      int64  // that it says, in Unix seconds
	after     [2]int // statements of elections, and forms among them, that took effect since
	touched   touches
}

func newLedger() *ledger {
	return &ledger{keys: map[string]*key{}, byID: map[string]*statement{}, elections: map[string]*election{}, words: map[string]*statement{}, files: map[string]*statement{}, withheld: map[string]*statement{}, touched: newTouches()}
}

// read takes the next entry, answers the questions about it, and lets it take effect.
func (l *ledger) read(data []byte) {
	e := &entry{data: data, leaf: leafHash(data)}
	l.entries = append(l.entries, e)
	i := len(l.entries) - 1
	e.status, e.void = l.judge(i, e)
	e.clock, e.hour = l.clock, l.told
	if e.void != "" {
		e.status = "void"
	}
	if e.o != nil && e.void == "" {
		e.st = l.byID[e.id]
		e.st.entries = append(e.st.entries, i)
	}
	l.about(i, e)
	l.touch(i, e)
	l.doubt(i, e)
}

func (l *ledger) judge(i int, e *entry) (string, string) {
	env, ok := openEnvelope(e.data)
	if !ok {
		return "", "unreadable"
	}
	o, ok := openStatement(env.payload)
	if !ok {
		return "", "unknown"
	}
	e.id, e.o = env.id, o
	kind := text(o, "kind")
	if i > 0 && kind == "log" {
		return "", "not-first"
	}
	if i > 0 && l.origin == nil || i == 0 && kind != "log" {
		return "", "no-log"
	}
	if i > 0 && o["log"] != l.origin["log"] {
		return "", "other-log"
	}
	el := l.elections[text(o, "election")]
	if o["election"] != nil && kind != "election" && el == nil {
		return "", "no-election"
	}
	first := l.origin
	if i == 0 {
		first = o
	}
	if forReplay(o) && first["mode"] != "replay" {
		return "", "replay-only"
	}
	st := l.byID[e.id]
	if st == nil {
		st = &statement{id: e.id, o: o, effect: -1, since: map[string]int{}}
	}
	own := map[string]*key{}
	if i == 0 || kind == "election" && el == nil && num(o, "revision") == 1 {
		own = named(st)
	}
	var signers []*key
	e.fresh = nil
	for _, s := range env.signed {
		k := l.keys[s.keyid]
		if self := own[s.keyid]; self != nil && k == nil {
			k = self
		}
		if k == nil || k.ended > 0 {
			return "", "unknown-key"
		}
		if !verified(k, env.pae, s, text(first, "rp_id"), l.origins(first)) {
			return "", "bad-signature"
		}
		signers = append(signers, k)
	}
	recorded := func(k *key) bool {
		return some(st.signers, func(other *key) bool { return other.id == k.id })
	}
	var fresh []*key
	for _, k := range signers {
		if !recorded(k) {
			fresh = append(fresh, k)
		}
	}
	if len(fresh) == 0 {
		return "", "no-new-signature"
	}
	need := l.demanded(o)
	for _, k := range fresh {
		entitled := some(append(append([]body{}, need.any...), need.all...), func(b body) bool { return b.has(k) })
		if !entitled && !(kind == "form" && observes(k, o)) && !(kind == "readiness" && k.body == "ptps" && observes(k, o)) {
			return "", "not-entitled"
		}
	}
	before := st.signers
	e.fresh = fresh
	st.signers = append(append([]*key{}, before...), fresh...)
	for _, k := range fresh {
		st.since[k.id] = i
	}
	l.byID[e.id] = st
	if st.effect >= 0 {
		return "cosigned", ""
	}
	var standing []*key
	var past []string
	for _, k := range st.signers { // a root's signature counts only while it is a root
		if now := l.keys[k.id]; strings.HasPrefix(k.body, "roots") && own[k.id] == nil && (now == nil || now.ended > 0) {
			past = append(past, k.id)
		} else {
			standing = append(standing, k)
		}
	}
	met, rank := need.met(standing)
	if st.rank = rank; len(need.any) > 0 {
		st.body = need.any[rank].name
	}
	if !met {
		return "waiting", ""
	}
	if reason := l.condition(o, el, st); reason != "" {
		st.signers = before
		if len(st.entries) == 0 {
			delete(l.byID, e.id)
		}
		return "", reason
	}
	st.effect, st.need, st.past = i, need, past
	l.effect(st, el, i)
	if st.slot != nil && kind == "form" {
		return st.status, ""
	}
	return "effective", ""
}

// origins are the web origins on which passkeys sign by now.
func (l *ledger) origins(first object) (all []string) {
	for _, o := range list(first, "uploaders") {
		all = append(all, o.(string))
	}
	for _, st := range l.added {
		for _, o := range list(st.o, "origins") {
			all = append(all, o.(string))
		}
	}
	return all
}

func verified(k *key, pae []byte, s signature, party string, origins []string) bool {
	if k.alg == "ed25519" {
		return s.auth == nil && s.client == nil && strictEd25519(k.public, pae, s.sig)
	}
	return passkey(k.public, pae, s, origins, party)
}

func observes(k *key, o object) bool {
	for _, name := range observers {
		if (body{name: name, election: text(o, "election"), region: text(o, "region"), tps: text(o, "tps"), above: true}).has(k) {
			return true
		}
	}
	return false
}

// named are the keys that a statement registers.
func named(st *statement) map[string]*key {
	keys := map[string]*key{}
	add := func(set object, k key) {
		for _, one := range objects(set, "keys") {
			k := k
			k.id, k.alg, k.grant, k.position, k.from = keyOf(one), text(one, "alg"), st.id, "anggota", -1
			k.public, _ = blob(one["key"])
			k.person = k.body + "/" + k.id
			keys[k.id] = &k
		}
	}
	switch text(st.o, "kind") {
	case "log":
		add(child(st.o, "operators"), key{body: "operator", region: "id"})
		for _, name := range []string{"log", "receipt"} { // they sign no statement, and are nobody else's
			if v, err := parseVerifier(text(st.o, name+"_key")); err == nil {
				id := keyID("ed25519", v.public)
				keys[id] = &key{id: id, alg: "ed25519", public: v.public, body: name, region: "id", person: name + "/" + id, position: "anggota", grant: st.id, from: -1}
			}
		}
	case "election":
		for _, root := range rootsOf(st.o) {
			add(root.set, key{body: root.body, region: "id", election: text(st.o, "election"), pair: num(root.set, "number")})
		}
	case "grant":
		for _, person := range objects(st.o, "persons") {
			k := key{id: keyOf(person), alg: text(person, "alg"), election: text(st.o, "election"), body: text(st.o, "body"), region: text(st.o, "region"),
				tps: text(st.o, "tps"), pair: num(st.o, "pair"), organisation: text(st.o, "organisation"), acting: text(st.o, "acting"), person: text(person, "person"), position: text(person, "position"), grant: st.id, from: -1}
			k.public, _ = blob(person["key"])
			keys[k.id] = &k
		}
	}
	return keys
}
