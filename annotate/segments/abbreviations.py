"""Words after which a full stop, or another mark, need not end a sentence; by kind.

Data only: `boundaries.py` says what each kind means. Abbreviations stand here as they are written,
without their last full stop.
"""

import re
from typing import Final


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


TITLES: Final = _words(
    """
    Mr Mrs Ms Mx Dr Drs Messrs Mme Mlle Prof Profs Sen Sens Rep Reps Gov Govs Pres Amb Atty Ald
    Hon Rev Revs Msgr Fr Gen Lt Col Cols Maj Capt Cmdr Cdr Cpl Sgt Sgts Pvt Pfc Adm Spc Lieut
    Cmdt Brig Insp Supt Det Dets Const Cllr Cllrs Dep Asst Assoc Comm Commr Treas Adj Rt St Ste
    Mt Ft Sra Srta Rav MR MRS MS DR PROF SEN REP GOV GEN LT COL CAPT SGT ST REV
    """
)
"""Always with a name after them."""

INNER: Final = _words("vs v cf viz ca approx eg ie i.e e.g resp incl excl esp pseud né née aka")
"""Small words that never end a sentence."""

BEFORE_NUMBER: Final = _words(
    """
    No Nos no nos Nr nr p pp P pg pgs par para paras Fig Figs fig figs Sec Secs sec Sect Art art
    Arts Vol Vols vol vols Ch ch Chap chap Ver ver Eq eq Cap cap c Pt pt Pts Reg Rm Apt Bldg Op op
    Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
    """
)
"""An abbreviation only before a number; any other word, or a name, elsewhere."""

MONTHS: Final = _words("Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec")
"""A date goes on where a number follows; before another word the sentence is over."""

STATES: Final = _words(
    """
    Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Kans Ky La Mass Md Me Mich Minn Miss Mo Mont
    Neb Nev Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wisc Wyo Ont Que Alta Sask Man N.Y N.J N.H N.M
    N.C N.D S.C S.D W.Va R.I D.C B.C P.E.I
    """
)
"""States and provinces."""

OFTEN_INNER: Final = _words(
    """
    Inc Corp Co Cos Ltd Bros Assn Assns Dept Depts Univ Inst Intl Mfg Ave Blvd Rd Hwy Pkwy Pl Sq
    Ln Ct Dist Div Jr Sr JR SR INC CORP Esq etc Natl Govt Admin Sts Pk Ctr Hosp Ph.D Pty Cie Rs
    al et seq min mins hrs hr sq ft lb lbs oz cm mm km kg kgs mph tel Tel ext Ext misc dept govt
    tbsp tsp avg yr yrs mos
    """
)
"""May end a sentence or not: it does before a word that opens sentences."""

HOURS: Final = _words("a.m p.m A.M P.M")
"""May end a sentence: it does unless a day or a time zone follows."""

AFTER_HOURS: Final = _words(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thurs Fri Sat Sun
    January February March April May June July August September October November December
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
    ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT BST UTC CET CEST IST JST AEST AEDT HKT SGT
    Eastern Central Pacific Mountain Greenwich Atlantic Beijing Moscow
    """
)
"""What follows a time of day inside a sentence."""

LETTERED: Final = _words(
    """
    plan plans vitamin vitamins group class type grade hepatitis option exhibit figure appendix part
    team category tier schedule phase zone gate terminal platform section block unit level ward
    series point letter candidate patient witness influenza model version dose
    """
)
"""Nouns that a letter completes, so that it is no initial: "Plan B."."""

NUMBERED: Final = _words(
    """
    section sec article art rule chapter chap clause part step lesson item point question annex
    appendix schedule paragraph para exhibit
    """
)
"""Nouns whose number introduces the words after it: "Section 4. The council ..."."""

MARKED: Final = _words("Yahoo Jeopardy Oklahoma Joomla Wham Mia Rouge Ho Kapow Panic")
"""Names that end in an exclamation mark; only a word that opens sentences shows an end."""

NAMED: Final = _words(
    """
    band group duo musical show magazine company firm brand chain retailer charity campaign game
    series film movie song album app site website start-up startup restaurant party
    """
)
"""Nouns before such a name."""

CRIES: Final = _words(
    """
    Wow Oh Oops Ah Aha Hey Hello Hi Ha No Yes Stop Help Hurray Hooray Bravo Congratulations
    Thanks Thank What Why Who How Where When Really So Well Look Listen Never Enough Surprise
    Sorry Please Boo Hurrah Goal Fire Bang Go Good Great Right Wrong True False Guilty Yep Yeah
    Nope Nonsense Rubbish
    """
)
"""Words that are a sentence of their own with an exclamation mark, not a name."""

OPENERS: Final = _words(
    """
    A An The This That These Those He She It They We You I His Her Its Their Our Your My There Here
    Who What When Where Why How Which Whose But And Or So Yet Nor If Although Though While Because
    Since As After Before Until Unless Once Whenever Whether In On At By For From With Without
    During Under Over Between Among Amid Despite According About Against Into Through Throughout
    Across Along Around Near To Unlike Like Both Either Neither Each Every All Some Any Many Most
    Much More Few Several Another Other Others Such No Not Nobody None Nothing Someone Something
    Somebody Everyone Everything Everybody One Two Three Now Then Today Yesterday Tomorrow Tonight
    Later Earlier Meanwhile However Still Also Even Just Only Perhaps Maybe Instead Indeed Moreover
    Furthermore Nevertheless Nonetheless Otherwise Thus Therefore Hence Finally Is Are Was Were Do
    Does Did Has Have Had Can Could Should Would Let Mr Mrs Ms Asked Speaking Last Officials Police
    Prosecutors Authorities Critics Supporters Experts Analysts Investigators Lawyers Residents
    Witnesses Voters Campaigners Researchers Scientists Protesters Reporters Shares Sources Nearly
    Almost Within Beyond Behind Below Above Given Never Out Rather Recently Shortly Soon Sometimes
    Very Well Mainly Initially Typically Generally Additionally Ultimately Currently Originally
    Previously Eventually Apparently Certainly Clearly Obviously Actually Fortunately Unfortunately
    Similarly Simply Usually Yes Following Ever Anyone Anything Workers Doctors Families People
    Firefighters
    """
)
"""Words that open sentences and hardly ever stand with a capital inside one."""

PARTICLES: Final = _words("de da di du del della van von bin ibn al el le la")
"""Begin a name in lower case."""

ABBREVIATIONS: Final = TITLES | INNER | BEFORE_NUMBER | MONTHS | STATES | OFTEN_INNER | HOURS

CONSONANTS: Final = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ][bcdfghjklmnpqrstvwxz]{1,3}")
"""The form of an abbreviation that no list has: "Mfg", "Hdqr"."""
