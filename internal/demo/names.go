package demo

// Names by the language that people write in. Halden is a harbour town: every
// list mixes names from many places.
var firstNames = map[string][]string{
	"en": {"Amelia", "Noah", "Priscilla", "Owen", "Zainab", "Callum", "Ines", "Marcus", "Leila", "Gareth", "Chidi", "Hannah",
		"Rohan", "Beatrice", "Samuel", "Nadia", "Declan", "Miriam", "Tomasz", "Grace", "Yusuf", "Eleanor", "Kwame", "Isla",
		"Anders", "Farah", "Joel", "Keiko", "Patrick", "Adaeze", "Simon", "Lucia", "Hugo", "Wendy", "Arjun", "Esther",
		"Dominic", "Salma", "Victor", "Rosa", "Ewan", "Mei", "Julian", "Teresa", "Ibrahim", "Joanna", "Felix", "Catriona",
		"Daniel", "Oluwaseun", "Ruth", "Mateo", "Sanne", "Theo", "Vera", "Liam", "Anouk", "Peter", "Irina", "Colin",
		"Dalia", "Rhys", "Marta", "Neil", "Aisha", "Bram", "Clara", "Edwin", "Freya", "Giles", "Helga", "Imran"},
	"de": {"Katrin", "Jonas", "Mehmet", "Svenja", "Uwe", "Claudia", "Lukas", "Birgit", "Emre", "Annika", "Holger", "Petra",
		"Sebastian", "Milena", "Dirk", "Sabine", "Florian", "Agnieszka", "Rainer", "Heike", "Tobias", "Ayla", "Manfred", "Judith",
		"Karim", "Ulrike", "Stefan", "Linh", "Bernd", "Franziska"},
	"nl": {"Femke", "Daan", "Marijke", "Youssef", "Joris", "Saskia", "Wouter", "Fatima", "Maaike", "Thijs", "Ingrid", "Bilal",
		"Sjoerd", "Hanneke", "Ravi", "Lieke", "Gerard", "Naima", "Koen", "Tineke", "Rick", "Sevda", "Mark", "Annelies",
		"Ruben", "Joke", "Dennis", "Emine", "Pieter", "Roos"},
}

var lastNames = map[string][]string{
	"en": {"Ashworth", "Bello", "Carver", "Dunmore", "Ellery", "Farouk", "Granger", "Hollis", "Ivarsson", "Jamieson", "Kaur",
		"Lindqvist", "Mbeki", "Nolan", "Osei", "Pemberton", "Quigley", "Rahman", "Sutcliffe", "Tanaka", "Underhill", "Varga",
		"Whitlock", "Yamada", "Zielinski", "Abbott", "Brennan", "Castillo", "Dahl", "Eze", "Fairbairn", "Gomez", "Harlow",
		"Iqbal", "Jansma", "Kowalczyk", "Lambert", "Marchetti", "Novak", "O'Hara", "Patel", "Ramsden", "Santos", "Thackeray",
		"Usman", "Vance", "Wexford", "Xu", "Young", "Adeyemi", "Bakker", "Crane", "Drummond", "Evans", "Fisher", "Gallagher",
		"Haddad", "Ingram", "Joshi", "Kelleher", "Laird", "Moreau", "Nyberg", "Oakley", "Pratt", "Reyes", "Shaw", "Turner"},
	"de": {"Albrecht", "Bergmann", "Celik", "Dietrich", "Engel", "Fuchs", "Günther", "Hartwig", "Ibrahim", "Jäger", "Kaminski",
		"Lorenz", "Möller", "Nowak", "Otten", "Pfeiffer", "Reuter", "Schäfer", "Thiel", "Uhlig", "Vogt", "Wendt", "Yilmaz",
		"Zimmer", "Arslan", "Böhm", "Conrad", "Demir", "Ebert", "Frings"},
	"nl": {"Aarts", "Bos", "van Dam", "Driessen", "El Amrani", "Faber", "de Groot", "Hendriks", "Idrissi", "Jacobs", "Kuipers",
		"van Leeuwen", "Mulder", "Nijland", "Oosterhuis", "Pronk", "van Rijn", "Schouten", "Timmer", "Uitdenbogerd", "Visscher",
		"de Wolf", "Yildiz", "Zwart", "Blom", "Coenen", "Dekker", "Evers", "Ferdinandus", "Goossens"},
}

// mailDomains are the invented providers of the town.
var mailDomains = map[string][]string{
	"en": {"postvak.example", "inbox-harbour.example", "quickpost.example", "mailroom.example", "seagull-mail.example"},
	"de": {"briefkasten.example", "postfach.example", "quickpost.example"},
	"nl": {"postvak.example", "brievenbus.example", "quickpost.example"},
}

// agent is a person who answers customers.
type agent struct {
	id, name string
}

func (a agent) first() string {
	for i := range a.name {
		if a.name[i] == ' ' {
			return a.name[:i]
		}
	}
	return a.name
}

// Agents are the six people of customer care, by user id.
var agents = []agent{
	{"agent-priya", "Priya Nair"},
	{"agent-marcus", "Marcus Hale"},
	{"agent-sofia", "Sofia Lind"},
	{"agent-tom", "Tom Becker"},
	{"agent-elif", "Elif Aydin"},
	{"agent-lotte", "Lotte Visser"},
}

// agentsFor lists who answers in a language.
var agentsFor = map[string][]int{
	"en": {0, 1, 2, 3, 4, 5}, "de": {3, 4}, "nl": {5, 2},
}
