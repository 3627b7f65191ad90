"""What near misses are made of: templates with a gap, and what must not be confused in it."""

CHOICES = {
    "number": (
        (
            "What is * percent of 360?",
            "List * reasons to learn Latin",
            "How do I boil * eggs?",
            "What is the square root of *?",
            "Convert * miles to kilometres",
        ),
        (
            "2|3|20|200",
            "15|51|1.5|-15|150",
            "two|three|twelve|twenty",
            "1,000|1.000|10,000|100",
            "forty two|forty|two|forty three",
            "3/4|4/3|34",
        ),
    ),
    "unit": (
        ("How many * is 12 yards?", "What is 30 * in stones?", "Is 40 * a lot?"),
        (
            "MB|Mb|GB|mb",
            "miles|kilometres|meters|feet",
            "hours|minutes|seconds|days",
            "kg|pounds|ounces|grams",
            "m|M|mm|cm",
            "MW|mW|kW",
        ),
    ),
    "negation": (
        (
            "Which birds * fly at night?",
            "Why * cats sleep all day?",
            "People who * eat meat live how long?",
        ),
        (
            "can|cannot|can't",
            "do|don't|do not|never",
            "will|won't|will not",
            "should|should not|must",
        ),
    ),
    "direction": (
        (
            "How do I travel * Rome by train?",
            "Should tea be taken * dinner?",
            "Which files are * the folder?",
        ),
        (
            "to|from|through|via",
            "before|after|during|without",
            "with|without|for|by",
            "into|out of|under|over",
            "between|behind|above|below",
            "in|on|at|near",
        ),
    ),
    "comparative": (
        (
            "Which country has the * lakes?",
            "What is the * way to learn chess?",
            "Is a cheetah * than a horse?",
        ),
        (
            "most|least|fewest|more",
            "largest|smallest|oldest|deepest",
            "faster|slower|heavier|fast",
            "better|worse|cheaper",
            "fastest|slowest|easiest|worst|cheapest",
        ),
    ),
    "entity": (
        ("What is the capital of *?", "Who founded *?", "How do I get a visa for *?"),
        (
            "Australia|Austria|Asturias",
            "Slovakia|Slovenia|Slavonia",
            "Niger|Nigeria",
            "Mali|Malawi|Maldives",
            "North Korea|South Korea|Korea",
            "Dominica|the Dominican Republic",
            "Guinea|Guyana|guinea",
            "Apple|apple|Apples",
            "Turkey|turkey",
            "Robin Williams|Robin William",
            "the Office|Office|an office",
        ),
    ),
    "object": (
        ("How do I remove * from a shirt?", "What are the benefits of *?", "Explain how * works"),
        (
            "ink|wine|blood",
            "green tea|black tea|tea",
            "glass|glasses",
            "goods|good",
            "customs|custom",
            "vitamin A|vitamin B|vitamin",
            "https|http|ftp",
            "arms|arm",
            "C|C++|C#",
            "Java|JavaScript",
        ),
    ),
    "polarity": (
        (
            "How do I * the firewall on Ubuntu?",
            "Can I * a printer driver twice?",
            "Why would people * gluten?",
        ),
        (
            "enable|disable",
            "install|uninstall|reinstall",
            "increase|decrease",
            "turn on|turn off|turn",
            "lock|unlock",
            "include|exclude",
            "connect|disconnect",
            "open|close|reopen",
            "allow|block|unblock",
        ),
    ),
    "tense": (
        ("Who * king of Spain?", "What * the role of monks?", "Where * the Olympic games held?"),
        ("is|was|will be", "are|were|would be", "is|isn't|wasn't"),
    ),
    "question": (
        (
            "* do cats purr?",
            "* is the French revolution?",
            "* should I prune roses?",
            "* do I sell a car?",
        ),
        ("Why|How|When", "Where|When|Who", "How often|How long|How much", "Why|Why not|How"),
    ),
    "quotation": (
        ('What is the meaning of "*" in chess?', "Where does '*' come from?"),
        ("check|Check|check ", "a b|a  b|ab", "the cat|a cat|cat", "is|are", "please|"),
    ),
    "version": (
        ("How do I upgrade to Python *?", "What is new in Django *?", "Does Ubuntu * support ZFS?"),
        ("3.11|3.12|3.1|3.1.1|311", "2|3|4", "20.04|20.10|24.04", "v2|v3|2", "1.0|1|10"),
    ),
    "time": (
        ("What happened on *?", "How many people died on *?"),
        (
            "1 March|1 May|2 March|11 March",
            "March 15|March 5|May 15",
            "2001-09-11|2001-11-09",
            "10:30 am|10:30 pm|1:30 am",
            "Monday|Sunday|Tuesday",
        ),
    ),
    "modality": (
        ("* dogs eat chocolate?", "* a landlord enter a flat?"),
        ("Can|Should|Must|May", "Do|Did|Would", "Could|Will|Might"),
    ),
    "quantity": (
        ("Are there * wolves in Bavaria?", "Do * plants need water?"),
        ("few|a few|many|no", "all|some|most|only", "little|a little|less", "both|either|neither"),
    ),
    "operator": (
        ("What is 8 * 2?", "Is 7 * 5 true?"),
        ("+|-|*|/", ">|<|≥|≤", "plus|minus|times|over", "^|%|÷"),
    ),
}

SWAPS = (
    ("Is {} older than {}?", "Rome|Athens|Paris|London|Berlin"),
    ("How do I convert {} to {}?", "PDF|Word|HTML|Markdown|LaTeX"),
    ("Why did {} attack {}?", "France|Prussia|Russia|Sweden|Poland"),
    ("How far is it from {} to {}?", "Oslo|Bergen|Turku|Riga|Vilnius"),
    ("Can {} live without {}?", "bees|flowers|birds|trees|fish"),
    ("Is {} part of {}?", "Sicily|Italy|Europe|Naples"),
    ("What is {} minus {}?", "7|12|30|45"),
    ("How many {} are in a {}?", "minute|day|week|month"),
    ("Who won when {} played {}?", "Ajax|Porto|Benfica|Lyon"),
)
