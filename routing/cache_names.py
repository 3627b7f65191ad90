"""Words whose capitals or whose last s make another word of them: tables only."""

# ruff: noqa: SIM905 # a table of words reads as words

from typing import Final

NAMES_AND_WORDS: Final = frozenset(
    # countries, places and their people
    "turkey china chile jordan georgia guinea chad mali niger panama jersey guernsey wales"
    " polish pole poles finnish finish danish dane scotch swede swiss welsh slav slavs turk"
    " turks nice reading bath cork lima phoenix buffalo orange mobile cologne split deal ware"
    " rugby derby sandwich hull march wells bury battle rye hay bliss troy tangier natal manila"
    " delft champagne burgundy bordeaux cheddar dresden angora cashmere damask denim surrey hope"
    " alliance concord providence independence liberty salem eureka flint mercury atlas olympia"
    " hell paradise purgatory orient occident levant equator channel strait gulf cape coast"
    " highlands lowlands downs wash fens borders midlands north south east west northern"
    " southern eastern western"
    # people
    " apple us it who may will mark bill jack rose grace bush trump ford gore frank rob art gene"
    " guy drew pat sue ray dean earl duke prince king queen baker cook smith carpenter fisher"
    " hunter potter mason joy faith dawn summer autumn rich chuck dick ruby amber pearl iris"
    " daisy lily holly ivy heather violet jasmine olive sage rosemary basil ginger pepper candy"
    " honey penny bob nick max miles cliff clay glen heath brook brooks forest woods fields"
    " banks bridges rivers lake hill hills stone stones steel gold silver bronze wood black"
    " white brown green gray grey blue red young old long short small little strong wise moody"
    " swift bird birds fox wolf wolfe lamb lynx bear bull drake crow crane swan finch martin"
    " robin jay hawk eagle dove page cash price bond bell ball box case chance chase church"
    " close cross day diamond early fast field fish flood flowers fry gates glass good grant"
    " hall hand hart head house hughes hunt job jobs judge key knight lane law lord love major"
    " marsh mayo meadows mercer miller moss noble paine park parks pike pitt plant poe pope"
    " porter post powers pound power rice rock roach root rush savage sharp shepherd singer"
    " skinner snow speed spears stern story street sweet teller temple tempest thorn towns trout"
    " tucker turner tyler waters weaver weeks wilder winter winters wonder worth wright yates"
    " york celt saint saints christ lent mass bishop cardinal abbot friar catholic orthodox"
    " genesis exodus numbers judges kings acts romans proverbs revelation ark bible god cancer"
    " leo gemini virgo libra aries pisces ram twins scales"
    # months and days
    " august"
    # makes, products, programs
    " windows word excel office access teams slack discord notion linear signal zoom outlook"
    " edge chrome safari spark flask express react angular spring hive pig storm beam dart"
    " crystal elm scratch basic perl dash bolt square stripe visa discover subway go rust shell"
    " target gap amazon jaguar oracle meta mac hub lamp soap rest ajax lean agile scrum cobra"
    " mustang beetle golf polo civic accord focus fiesta galaxy pixel surface switch titan"
    " eclipse atom brave opera puppet chef salt rom dos steam origin unity unreal blender maya"
    " ant maven make rake gem bun node mint fedora arch gnome cinnamon mate pages sheets docs"
    " drive maps classroom meet messenger stories reels shorts prime nest echo kindle fire ring"
    " blink block bumble hinge match grab lime plaid chime stash acorns line wire telegram"
    " threads snap medium tide gain crest puma dodge scout pilot odyssey escape explorer escort"
    " fusion taurus thunderbird charger challenger avenger viper rover discovery defender sprite"
    " axe spice deere sprint boost cricket three sky virgin total camel kent lucky strike ariel"
    " bounty quality roses celebrations flake crunch aero smarties nerds rails gin fiber chi"
    " rocket iron warp struts play lift helm rancher nomad vault travis circle drone argo flux"
    " harbor falco envoy ambassador traffic swagger postman insomnia rabbit drill presto druid"
    " couch aurora glue lambda looker segment heap cypress karma playwright parcel babel husky"
    " ember backbone knockout self factor cat chicken gambit clean miranda curry"
    # films, music, teams, books
    " alien aliens gravity frozen up her cars gladiator parasite joker psycho vertigo jaws"
    " scream rocky heat seven casino network notorious rebecca misery carrie matrix taken"
    " twilight watchmen memento arrival dune tenet friends lost bones castle monk dexter empire"
    " homeland fringe revenge scandal suits you elementary cure police doors eagles kiss heart"
    " journey bread cream poison oasis blur pulp suede garbage hole live tool madness clash jam"
    " rolling hurricane monkees turtles animals bulls bears lions tigers jets giants dolphins"
    " ravens patriots chiefs raiders chargers cowboys texans titans jaguars bills rams falcons"
    " panthers cardinals warriors lakers clippers suns rockets spurs thunder jazz blazers bucks"
    " cavaliers pacers hawks hornets magic wizards nets reds cubs pirates royals angels"
    " athletics rangers padres dodgers nationals villa wolves palace celtic hearts crew union"
    " emma persuasion beloved robots foundation contact sphere holes wicked cats hair grease"
    " rent chess"
    # abbreviations that are words in small letters
    " aids aid sad pin sat act led pet cop can ice smart map pop pie pen tan sin cos arm or and"
    " if in me ok as he she pos am pm lap raid swot spam tip tips dare mad mod cap bar gas cab"
    " cad cam cot cow dim dip dot ear eat ebb ego elf emu era eve fab fad fan far fat fin fit"
    " fix fun gig gnu gum hat hit hot hug ion jar jet lad lag let lid lip log lot low man mat"
    " men mix mob mop mud nap nod now nut oar odd oil own pad pan par paw pay pea pub rag ran"
    " rap rat raw rib rig rim rip rot row rub rug run sap saw sea see sew sip sit six ski sob"
    " son sow soy spa spy tap tar tax tea ten tie tin toe too top toy try van vet via wax way"
    " web wet wig win wit won yet zip"
    # houses, offices and other institutions
    " liberal democrat republican labour conservative tory whig congress senate state treasury"
    " force crown commons lords left right centre enlightenment restoration depression gospel"
    " keynote photos music notes news books mail calendar contacts reminders shortcuts health"
    " wallet home find net cell tube oyster underground eye shard gherkin mall strand gate".split()
)
"""Ordinary words when small, names or abbreviations with a capital."""

BEGINNING: Final = frozenset({"who", "will", "may", "it", "can", "if", "in", "the", "why", "not"})
"""Of those, the ones a sentence often begins with: a capital there means nothing."""

ACRONYMS: Final = frozenset(
    "ai api apis asap aws cia ceo cfo coo cto cpu cpus csv dna eu faq fbi gdp gpu gpus gui html"
    " http https iaas ide ides ieee imf ios ip iot ipo iq irs isp java jpeg js json jwt kpi lan"
    " llm llms mba mit mri nasa nato nba nfl nlp oop os pdf php rna roi saas sdk seo sim sql ssd"
    " ssh tcp tls udp uk un unesco url urls usb utc uuid ui ux vip vpn wan wifi xml yaml .net"
    " phd usa pcie oauth crud mysql neet upsc gmat gre ielts toefl iit iim ias ips".split()
)
"""Abbreviations that are nothing else in small letters."""

NEVER_SINGULAR: Final = frozenset(
    "always perhaps series species lens thanks https ftps imaps smtps ldaps postgres jenkins"
    " kubernetes news means glasses goods customs arms jeans pants shorts scissors odds spirits"
    " manners forces grounds looks remains contents savings earnings works ashes greens blues"
    " brains tails heads rights stairs clothes irons papers quarters regards respects terms"
    " troops waters woods damages pains windows besides towards upwards downwards backwards"
    " forwards afterwards sometimes times this his has yes gas bus spectacles drawers briefs"
    " darts marbles checkers trunks slacks boxers taps trousers tights interests sales specs"
    " gates amends premises wages communications minutes directions affairs futures options"
    " utilities relations bowls bearings holdings winnings writings findings surroundings"
    " proceedings proceeds grits crabs hives shingles chills piles bends shakes nerves guts"
    " braces suspenders scales colors honors letters states studies facilities operations"
    " securities humanities authorities lots lies leaves dies does unless drafts pools stocks"
    " bonds shares accounts matters feelings talks services resources materials supplies media"
    " tropics links sports games trades dominoes crutches stilts cards chips nuts balls drugs"
    " runs hours seconds ends effects sticks measures liberties pictures pleasures sciences arts"
    " classics headquarters barracks crossroads mews innards whereabouts kudos rabies mumps"
    " measles rickets williams adams roberts peters stevens edwards richards phillips rogers"
    " daniels andrews matthews collins simmons hawkins perkins jones james charles reynolds"
    " hughes evans owens stephens sanders bridges brooks banks fields parsons jobs davis harris"
    " hicks jacobs myers nichols abrams marks mills hayes rhodes wells gibbons dawkins hopkins"
    " watkins athens brussels naples wales mars andes alps netherlands philippines maldives".split()
)
"""Words whose last s is no plural, or whose plural means something else."""
