"""How people ask in English for no more messages: what may stand before a request, the requests, what may follow.

Written as `opt_out_phrases` says.
"""

LEAD = (
    "please|pls|plz|kindly|just|hi|hey|hello|ok|okay|now|so|and|but|then|again|seriously|look|listen|dude|bro|man|"
    "guys|"
    "people|sir|maam|team|folks|there|sorry|thanks|thank you|also|actually|really|no thanks|no thank you|nope|fine|"
    "good (?:morning|afternoon|evening|day)|once again|once more|for the (?:last|[a-z0-9]+) time|for the love of god|"
    "(?:last|final) (?:warning|time)|wrong (?:number|person)|(?:im |i am |were |we are )?(?:not|no longer)"
    " interested(?: any ?more)?|"
    "this is (?:the |a )?wrong (?:number|person)|(?:(?:you|u) (?:have|got)|youve got) (?:the |a )?wrong (?:number|"
    "person)|f?uck off|ffs|"
    "(?:i|ive|i have)(?: already)? (?:said|asked|told)(?: (?:you|u|yall))?(?: guys| people)?(?: [a-z0-9]+ times)"
    "?(?: to)?|"
    "(?:can|could|would|will|may|cant|wont|why dont)(?: (?:you|u|ya|yall|someone|somebody|i|we))(?: guys| all|"
    " people)?|"
    "(?:i|we)(?: really| just)? (?:want|need|demand|request|ask|beg|wish|expect)(?: that)?(?: for)?"
    "(?: (?:you|u|yall)(?: guys| all| people)?)?(?: to)?|"
    "(?:id|i would|we would|wed)(?: really)? (?:like|love|prefer|appreciate)(?: it)?(?: for)?(?: if)?(?: (?:you|u))?"
    "(?: guys)?(?: would| could)?(?: to)?|"
    "(?:you|u)(?: guys| people| all)? (?:need|must|have|should|better|gotta|had better)(?: to)?|"
    "how about(?: (?:you|u))?|"
    "it would be (?:great|nice) if (?:you|u)(?: would| could)?|(?:im|i am) asking (?:you |u )?to|(?:would|do)"
    " you mind|"
    "(?:im|i am) trying to|is there a way to|i choose to|this is my (?:request|notice) to|do us both a favor and|stop"
)

_MESSAGE = (
    "texts?|txts?|sms|smses|messages?|messaging|texting|msgs?|mssgs?|massages|notifications?|alerts?|reminders?|"
    "updates|"
    "spam|emails?|communications?|ads?|adverts?|promos?|promotions?|offers|crap|shit|garbage|bullshit|bs|junk|"
    "nonsense|"
    "newsletters?|marketing|solicitations?|blasts|robo ?texts|mms|whatsapps|surveys|notices|correspondence"
)
_KIND = (
    "the|these|those|this|that|your|ur|yr|my|all|any|anymore|more|further|future|of|so|many|such|another|other|"
    "text|sms|phone|"
    "daily|weekly|stupid|damn|fucking|annoying|automated|automatic|marketing|promotional|unwanted|unsolicited|spam|"
    "junk|"
    "group|mass|random|constant|sales"
)
_THINGS = f"(?:(?:{_KIND}) ){{0,6}}(?:{_MESSAGE})"
_NUMBER = "(?:phone |cell |cellphone |mobile |telephone )*(?:number|num|no|phone|cell|mobile|line)"
_HERE = f"(?:me|us|my {_NUMBER}|this {_NUMBER}|the {_NUMBER}|here|to (?:me|us|my {_NUMBER}|this {_NUMBER}))"
_WRITE = (
    "text|txt|message|messag|msg|sms|contact|writ|spam|spamm|harass|bother|email|pester|annoy|solicit|bombard|"
    "notify|dm|"
    "remind|bug|bugg|nag|nagg|ping|hound|stalk|communicat|hit up|reach out to|hitt|reach out|ring|badger|target"
)
_WRITING = f"(?:(?:calling|phoning) (?:and|or|&) )?(?:{_WRITE})(?:ing|in)(?: (?:up|to|with|and calling|or calling))?"
_SOON = (
    "please|pls|plz|now|immediately|asap|thanks|thank you|thankyou|thx|ty|tysm|today|already|at once|right now|"
    "right away|again|ever|any ?more|any longer|(?:any )?further|forever|to [0-9][0-9 ]+|from now on|for good|"
    "from you|from yall|"
    "from you guys|everyone|"
    f"from your company|to {_HERE}|{_HERE}|at {_HERE}|on {_HERE}|for {_HERE}|for any reason|period|sir|guys|people|"
    "ok|"
    "okay|bye|goodbye|man|dude|bro|ffs|effective immediately|in the future|at all|entirely|completely|as well|too|"
    "every ?[a-z]+|all (?:day|night|the time)|constantly|so (?:much|often|early|late)|else|whatsoever|"
    "with (?:this|these|that|your)|about (?:this|these|that|it)|wrong (?:number|person)|im not interested|"
    "not interested"
)
_FAMILY = "(?:my|our) [a-z]+"
_ALL_SOON = f"(?> (?:{_SOON})(?= |$))*+"
_ENDING = (
    f"{_ALL_SOON}(?: (?:or|and|because|bc|cuz|before|since|as|i|im|ive|this|it|its|you|if|about|regarding|concerning|"
    f"thanks|thank)(?: [^ ]+){{0,14}})?"
)
_SHORT_ENDING = f"{_ALL_SOON}(?: (?:or|and|because|bc|cuz|since|about|before|thanks|thank)(?: [^ ]+){{0,14}})?"
_LIST = (
    "lists?|databases?|systems?|contacts?|contact lists?|records?|files?|everything|here|phone|group|chat|programs?|"
    "subscriptions?|services?|threads?|mailing|all|directory|distribution|roster|campaigns?|broadcasts?|this|"
    f"{_MESSAGE}"
)
_WHOSE = (
    f"{_KIND}|from|off|out|every|texting|mailing|call|calling|contact|messaging|email|distribution|broadcast|sending"
)
_ME = (
    f"(?:me|us|my {_NUMBER}|this {_NUMBER}|that {_NUMBER}|number|my (?:info|information|name|data|contact|"
    "contact info|details))"
)
_NOT = (
    "(?:do not|not|please not|dont|dnt|do nt|never|do not ever|dont ever|dont you dare|do not you dare)(?: please|"
    " even| ever)?"
)
_UNSUBSCRIBE = (
    "(?:un ?subs?crib(?:e|ing|ed)|unsuscribe|unsubcribe|unsubscibe|unsubscrib|unsub|de ?subscribe|un ?enroll)"
)
_STOP = (
    "(?:stop|stopp|stahp|quit|knock it off|cut it out|cease|halt|discontinue|refrain from|desist from|knock off|"
    "cut out|pls stop|end)"
)

CORES = (
    # stop texting me · quit sending me this · stop calling and texting
    (
        f"{_STOP}(?: it with| with| w)?(?: the| all| your)?(?: fucking| damn| constantly| always)"
        f"? {_WRITING}(?: (?:{_HERE}|{_FAMILY}){_ENDING}|{_SHORT_ENDING})"
    ),
    (
        f"{_STOP}(?: all| your)?(?: fucking)? send(?:ing|in)(?: out)?(?: {_HERE})?(?: {_THINGS}| (?:these|this|those|"
        f"stuff|anything))?{_ENDING}"
    ),
    f"(?:(?<=you )|(?<= u ))stopped {_WRITING}(?: {_HERE}{_ENDING}|{_SHORT_ENDING})",
    f"{_STOP} calling {_HERE}(?: please| now| thanks| again)*",
    "stop blowing up my phone.{0,40}",
    # stop the texts · cancel all messages · no more texts · enough with the messages · turn off notifications
    (
        f"(?:{_STOP}|cancel|turn off|disable|shut off|no more|no further|enough(?: of| with)?|opt out of|end|kill|"
        "block|mute|"
        f"terminate|suspend)(?: it)?(?: with| w)?(?: sending| receiving| getting)? (?:{_THINGS}|(?:my |the |this |"
        f"your |our )?subscription){_ENDING}"
    ),
    f"{_STOP} (?:receiving|getting) (?:these|this|them|any|anything|those){_ENDING}",
    "no (?:texts|messages|msgs|sms|texting|spam|notifications|reminders)(?: please| pls| thanks| thank you| at all)*",
    (
        "(?:to )?(?:be|get) (?:removed|taken|deleted|dropped|unsubscribed|pulled|opted out|left alone)(?: (?:from|"
        "off|"
        f"of|out))*(?: (?:{_WHOSE})(?= |$)){{0,6}}+(?: (?:{_LIST})(?= |$)){{0,4}}+{_ENDING}"
    ),
    (
        f"(?:to )?have {_ME} (?:removed|taken|deleted|erased|dropped|pulled)(?: (?:from|off|of|out))"
        f"*(?: (?:{_WHOSE})(?= |$)){{0,6}}+(?: (?:{_LIST})(?= |$)){{0,4}}+{_ENDING}"
    ),
    f"removed? from(?: (?:{_WHOSE})){{0,6}}(?: (?:{_LIST})){_ENDING}",
    (
        f"(?:you|u)(?: are| r| re)? (?:not|no longer|never)(?: allowed| permitted| authorized)? to (?:{_WRITE})(?:e)"
        f"?(?: {_HERE})(?: [^ ]+){{0,6}}"
    ),
    f"no more of (?:these|this|those|your)(?: {_MESSAGE})?{_ENDING}",
    # unsubscribe · opt out
    (
        f"(?:to |be )*{_UNSUBSCRIBE}(?: (?:me|us|this|my|from|now|please|pls|plz|to|all|immediately|asap|thanks)"
        f"(?: [^ ]+){{0,10}})?"
    ),
    (
        "(?:i |im |i am |id like to |to |be )*(?:opt|opting)(?: me| us| my number| this number)? out"
        "(?: (?:of|from|please|pls|now|for|immediately|all|thanks|thank)(?: [^ ]+){0,10})?"
    ),
    # take me off your list · remove my number · delete me
    (
        f"(?:remove|take|delete|get|drop|scrub|pull|strike|erase|wipe|cross|scratch|exclude|leave|block) {_ME}"
        f"(?: (?:off|from|out|of))+(?: (?:{_WHOSE})(?= |$)){{0,6}}+(?: (?:{_LIST})(?= |$)){{0,4}}+{_ENDING}"
    ),
    f"(?:remove|delete|erase|lose|forget|scrub|block|drop|blacklist) {_ME}(?: and [^ ]+(?: [^ ]+){{0,8}})?{_ENDING}",
    (
        f"(?:put|add|place) {_ME} (?:on|to|in)(?: (?:your|the|a|you))? (?:do not|dnc|dont|no|block|suppression)"
        f"(?: [^ ]+){{0,4}}"
    ),
    # do not text me again · never contact this number · don't send me any more
    (
        f"{_NOT} (?:(?:call|ring) (?:or|and) )?(?:text|txt|message|msg|contact|sms|write|write to|bother|spam|harass|"
        "annoy|"
        f"disturb|solicit|dm|reach out to|communicate with|bug|reply to|respond to)(?: or call)? {_HERE}{_ENDING}"
    ),
    f"{_NOT} use (?:my|this) {_NUMBER}{_ENDING}",
    (
        "(?:i will|ill|im going to|im gonna|i am going to) (?:report|block|sue) (?:you|u) if (?:you|u) (?:text|"
        "message|"
        "contact|send)(?: [^ ]+){0,6}"
    ),
    f"{_NOT} (?:text|txt|message|msg|contact|sms|reply|respond|solicit)(?> (?:{_SOON})(?= |$))*",
    (
        f"{_NOT} send(?: {_HERE})?(?: {_THINGS}| (?:any ?more|these|those|anything|stuff)(?: of (?:these|those|"
        "this))?)"
        f"{_ENDING}"
    ),
    # I don't want these messages · I no longer wish to be contacted
    (
        "(?:(?:i|we)(?: really| also| just)? )?(?:do not|dont|no longer|never|would rather not|dont even)(?: ever|"
        " even|"
        " really)? "
        "(?:want|wish|care|need|like|consent|agree|wanna)(?: to)?(?: be| receive| receiving| get| getting| have| see|"
        " hear| keep|"
        f" continue| on| for| you| guys)*(?: {_THINGS}| contacted| texted| messaged| hearing from you| from you|"
        " (?:these|this|those) (?:any ?more|any longer)| (?:text|texting|messaging|contacting|writing) (?:me|us)|"
        f" on (?:your|this|the) list){_ENDING}"
    ),
    (
        "(?:i|we) (?:do not|dont|no longer) (?:want|wish)(?: to)? (?:get|receive|be getting) (?:these|this|those|"
        "them|"
        "anything)"
        f"(?: [^ ]+){{0,1}}{_ENDING}"
    ),
    (
        "(?:i|we)(?: hereby)? (?:revoke|withdraw|rescind|retract)(?: (?:my|our|any|all|the|this|prior|previous))*"
        "(?: consent| permission| authorization| agreement)(?: [^ ]+){0,12}"
    ),
    "(?:you|u)(?: guys)? (?:do not|dont|no longer) have (?:my |our )?(?:permission|consent)(?: [^ ]+){0,8}",
    "leave (?:me|us)(?: the [^ ]+)?(?: [^ ]+)?? alone" + _ENDING,
    "cease and desist(?: [^ ]+){0,8}",
    # how the instructions of others read when they are typed back
    (
        "(?:reply|text|txt|send|type|respond|say)(?: with)? (?:stop|end|quit|cancel|unsubscribe)(?: (?:to|2|for|and)"
        " (?:[^ ]+ ?){1,4})?"
    ),
    "(?:stop|end|quit|cancel) ?(?:to|2) ?(?:end|stop|quit|cancel|unsubscribe|unsub|leave|opt ?out)(?: [^ ]+){0,3}",
    (
        "(?:i|ive|i have|we)(?: already| just)? (?:said|asked|told)(?: (?:you|u|yall))?(?: guys| people)"
        "?(?: [a-z0-9]+ times)?(?: to)? stop"
        "(?: [a-z0-9]+ times| already| please| now| before)*"
    ),
    (
        "(?:i|we)(?: really)? (?:want|need)(?: (?:you|u|this|it|these|them|all|the texts|the messages|these texts|"
        "these messages))* to stop"
        "(?: now| please| immediately| today)*"
    ),
    "make (?:it|this|them) stop|(?:get|fuck|piss) (?:lost|off)|f off|bugger off|buzz off|go away",
)

# Said besides a bare "stop", these leave no doubt that it is meant.
BESIDES = (
    "(?:this is |you have |u have )?(?:the |a )?wrong (?:number|person|guy)",
    "(?:im |i am |we are )?not interested(?: thanks| thank you)?",
    (
        "(?:i |we )?(?:never|didnt|did not|dont remember|do not remember)(?: ever)? (?:sign|signed|signing|ask|asked|"
        "asking|subscribe|"
        "subscribed|agree|agreed|consent|consented|request|requested|opt|opted|want|wanted)(?: up| in)?(?: for| to)"
        "?(?: (?:this|these|it|that|any|anything))?"
        "(?: [^ ]+)?"
    ),
    (
        "(?:i |we )?(?:do not|dont)(?: even)? (?:want|need|know|like)(?: (?:this|these|it|you|who this is|anything|"
        "any)"
        ")?(?: [^ ]+)?"
    ),
    "(?:and )?who(?: the [^ ]+)? (?:is this|are you|r u|dis)|how did (?:you|u) get (?:my|this) number",
    (
        "(?:i )?(?:keep|kept) getting these(?: [^ ]+)?|this is (?:spam|harassment)|i mean it|you creeps|"
        "enough(?: is enough| already)?"
    ),
    (
        "(?:or )?(?:ill|i will|im|i am) (?:report|block|call|sue|reporting|blocking|calling)(?: [^ ]+){0,5}|"
        "final warning|last warning"
    ),
    "(?:please |pls |thank|thanks|thank you|thx|ty|ok|okay|hi|hello|hey|no|seriously|now|period|sorry)(?: [^ ]+)?",
)
