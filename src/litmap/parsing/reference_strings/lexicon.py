"""Words that tell names, titles and venues apart in reference strings; general language, no list of works."""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


PARTICLES = words(
    "van der den de la le las los del della dello degli di da das do dos du von vom zu zum zur af av ten ter te "
    "el al bin ibn ben abu op het ’t 't d' l' y e i und vander af dal dalla lo"
)
CONJUNCTIONS = words("and & und et y e och og en ed ja i và with et")
SUFFIXES = words("Jr Sr II III IV Jnr Snr jr sr")

# Words of titles and venues that (nearly) never are part of a person's name, in lower case.
NOT_NAMES = words("""
a an the of for from to in on by with without between among through under over into towards toward via as at or nor
is are was were be been being does do can could should would will how why what when where which who whom whose
this that these those their its our your his her not no new more most less some all any each every
deep learning neural network networks machine artificial intelligence data model models modeling modelling method
methods methodology analysis theory theories theorem algorithm algorithms system systems problem problems function
functions functional approach approaches application applications study studies review reviews survey overview
introduction introductory principles principle foundations foundation elements fundamentals handbook encyclopedia
lectures lecture notes note remarks remark comments comment reply response letter letters editorial commentary
effect effects evidence evolution evolutionary ecology ecological biology biological chemistry chemical physics
physical mathematics mathematical statistics statistical economics economic history historical philosophy logic
medicine medical clinical social political quantum classical modern general special relativity mechanics dynamics
dynamic structure structures structural properties property process processes processing information knowledge
computation computational computing computer computers science sciences scientific research development
journal proceedings transactions conference workshop symposium international national annual bulletin annals archive
archives press university publishers publishing publications verlag edition volume chapter report reports technical
thesis dissertation preprint manuscript arxiv nature cell
time space state states energy field fields group groups order high low large small fast efficient robust simple
complex complexity optimal optimization optimisation stochastic gradient descent convergence generalization
generalisation estimation inference prediction classification regression detection recognition recognizing vision
image images language speech text natural visual spatial temporal random linear nonlinear non-linear convex
non-convex nonconvex bayesian gaussian markov monte adversarial generative reinforcement supervised unsupervised
self-supervised representation representations feature features attention transformer transformers training
understanding exploring towards rethinking revisiting toward improving measuring estimating testing using
human humans animal animals plant plants species population populations genetic genetics genome genomic gene genes
protein proteins cells cancer disease diseases patients health treatment therapy risk trial trials drug drugs
climate change global environmental environment water forest marine soil land conservation biodiversity
early late early-stage molecular cellular single multiple multi first second third part one two three four
experimental experiments experiment empirical theoretical numerical simulation simulations
market markets trade growth policy public law laws legal justice government politics state income labor labour
capital financial finance price prices demand supply monetary inflation unemployment wage wages
on-line online open free world earth life nature origin origins book books guide
accelerating learned scalable distributed parallel local global universal unified
geometry topology algebra algebraic combinatorics combinatorial sets numbers
scaling surfaces loss landscape landscapes regularization kernel kernels tree trees graph graphs
measurement measurements observation observations search tests evaluation comparison performance
abstract appendix figure table section supplementary references available retrieved accessed online
""")

ORGANISATION = re.compile(
    r"\b(?:Organi[sz]ations?|Committees?|Institutes?|Institutions?|Collaborations?|Associations?|Society|Societies|"
    r"Ministry|Ministerium|Groups?|Consortium|Commissions?|Agency|Departments?|Council|Teams?|Network|Cent(?:er|re)s?|"
    r"University|Foundation|Bureau|Offices?|Union|Bank|Academy|Panel|Initiative|Project|Programme|Program|Survey|"
    r"Administration|Authority|Board|Court|Federation|Fund|Investigators|Task Force|Nations|Parliament|Service|"
    r"Laboratory|Alliance|Inc|Ltd|Corporation|Company|Museum|Working Group|Statistics|Standards|Trialists|Gesellschaft|"
    r"Institut|Société|Ministère|Organisation|Universität|Université)\b"
)

_JOURNAL_WORDS = (
    r"Journals?|Proceedings|Proc|Transactions|Trans|Letters|Lett|Reviews?|Rev|Annals|Ann|Annales|Annalen|Annali|"
    r"Bulletin|"
    r"Bull|Zeitschrift|Z|Revue|Revista|Rivista|Archives?|Archiv|Arch|Magazine|Quarterly|Reports?|Acta|Comptes|Advances|"
    r"Adv|Physica|Nature|Science|Cell|Lancet|JAMA|Notices|Monatshefte|Mitteilungen|Communications|Commun|Comm|"
    r"J|Math|Phys|Chem|Biol|Astrophys|Sci|Soc|Acad|Natl|Appl|Int|Eur|Amer|IEEE|ACM|PNAS|PLoS|PLOS|"
    r"Studies|Philosophy|Symposium|Workshop|Conference|Conf|Econometrica|Biometrika|Mind|Synthese|Isis|Ecology|"
    r"Genetics|Evolution|Neuron|Brain|Quart|Frontiers|Trends|Memoirs|Sitzungsberichte|Jahrbuch|Cahiers|Open"
)
JOURNAL_WORD = re.compile(rf"\b(?:{_JOURNAL_WORDS})\b")
JOURNAL_ABBREVIATION = re.compile(
    r"(?:Proc|Trans|Lett|Rev|Ann|Bull|Z|Arch|Adv|Commun|Comm|J|Math|Phys|Chem|Biol|Biochem|Astrophys|Sci|Soc|Acad|Natl|"
    r"Appl|Int|Eur|Amer|Am|Quart|Nucl|Conf|Symp|Ecol|Econ|Med|Mech|Mod|Opt|Comput|Res|Stat|Theor|Univ|Genet|Mol|Nat|"
    r"Clin|Psychol|Physiol|Geophys|Eng|Environ|Philos|Mag|Mon|Sov|Zh|Fiz|Usp|Acta|Rep|Exp)"
)
JOURNAL_ACRONYM = re.compile(
    r"(?:PR[LABCDEXBO]|PRX|PRPER|RMP|JACS|JOC|JCP|JPC[ABC]?|JPCL|JCTC|PCCP|JHEP|JCAP|PL[AB]|NP[AB]|CMP|JMP|CQG|NJP|EPL|APL|JAP|RSI|"
    r"JFM|ApJL?|ApJS|MNRAS|AJ|PASP|PASJ|A&A|ARA&A|ARAA|JGR|GRL|EPSL|GCA|BAMS|JAS|PNAS|JAMA|NEJM|BMJ|EMBO|JBC|JCB|JCI|MBoC|MCB|"
    r"NAR|PLoS|AJHG|JEM|JAIR|JMLR|TPAMI|PAMI|JACM|CACM|SICOMP|TCS|JCSS|QJE|AER|JPE|JF|RFS|JFE|JOLE|REStat|REStud|JEP|JEL|JASA|JRSS[ABC]?|"
    r"APSR|AJPS|ASR|AJS|JSL|NDJFL|APAL|AMM|BAMS|TAMS|PAMS|JAMS|TREE|MEPS|BJPS|JEMS|IMRN)"
)
"""Journals that are named by their letters alone."""
JOURNAL_TITLE = re.compile(
    r"(?:Nature|Science|Physics|Cell|Neuron|Lancet|eLife|Ecology|Evolution|Genetics|Immunity|Chem|Joule|Icarus|Oecologia|Oikos|Ecography|"
    r"Biometrika|Econometrica|Cognition|Brain|Blood|Gut|Thorax|Chest|Circulation|Tetrahedron|Langmuir|Macromolecules|Biochemistry|"
    r"Polymer|Carbon|Quantum|Physica|Mind|Synthese|No[uû]s|Isis|Minerva|Development|Topology|Angew|Angewandte|Ethology|Behaviour|"
    r"Copeia|Condor|Auk|Ibis|Evol|Heredity|Taxon|Phytologia|Mycologia|Sleep|Pain|Stroke|Diabetes|Cancer|Radiology|Anesthesiology|"
    r"Demography|Criminology|Ethics|Analysis|Dialectica|Erkenntnis|Theoria|Kyklos|Economica|Automatica|Combinatorica|Metallurgica)"
)
"""Journals of one word."""
CITY = re.compile(
    r"(?:New York|London|Paris|Berlin|Leipzig|Oxford|Cambridge|Amsterdam|Boston|Chicago|Princeton|München|Munich|Wien|"
    r"Vienna|Frankfurt|Tübingen|Göttingen|Heidelberg|Stuttgart|Hamburg|Zürich|Zurich|Basel|Bern|Geneva|Genève|Milano?|"
    r"Roma|Rome|Torino|Bologna|Firenze|Madrid|Barcelona|México|Buenos Aires|São Paulo|Lisboa|Bruxelles|Brussels|Leuven|"
    r"Dordrecht|The Hague|Den Haag|Leiden|Copenhagen|Stockholm|Uppsala|Oslo|Helsinki|Moscow|Москва|М|Warszawa|Warsaw|"
    r"Praha|Budapest|Tokyo|Beijing|Delhi|New Delhi|Singapore|Sydney|Melbourne|Toronto|Montréal|Montreal|San Francisco|"
    r"Los Angeles|Berkeley|Stanford|Washington|Philadelphia|Baltimore|New Haven|Hoboken|Edinburgh|Dublin|Weinheim|"
    r"Kyoto|Jerusalem|Cape Town|Nairobi|Thousand Oaks|Englewood Cliffs|Reading|Providence|Hillsdale|Mahwah|Cham|"
    r"Dordrecht)\b"
)
PUBLISHER = re.compile(
    r"\b(?:Press|Verlag|Springer|Wiley|Elsevier|Publish(?:ers|ing|er)|Publications?|Books|Routledge|Sage|SAGE|McGraw|"
    r"Pearson|Academic|Addison|Prentice|Macmillan|Penguin|Birkh[aä]user|Teubner|Kluwer|Dover|Norton|Hall|Blackwell|"
    r"[ÉE]ditions?|Edizioni|Editorial|Presses|Gruyter|Brill|Reidel|World Scientific|Benjamins?|Freeman|Sons|Co\.|"
    r"Einaudi|Gallimard|Suhrkamp|Vrin|Harper|Random House|Knopf|Bantam|Kaufmann?n?|Erlbaum|Holt|Guilford|Sinauer|"
    r"Mosby|Saunders|Butterworth|CRC|Chapman|Clarendon|North-Holland|Van Nostrand|Interscience|Gauthier-Villars|Nauka|"
    r"Hermann|Masson|Dunod|Seuil|La Découverte|Fayard|Minuit|Pergamon|Plenum|Dekker|Gordon and Breach|Schuster|Vintage|"
    r"Viking|Doubleday|Houghton|Bloomsbury|Polity|Palgrave|Edward Elgar|Allyn|Lippincott|Thieme|Karger|Hogrefe|Vieweg|"
    r"Meiner|Reclam|Siebeck|Beck|Campus|Olms|O[’']Reilly|Packt|Manning|Apress|No Starch|VCH|Longman|Heinemann|Hachette|"
    r"Institute|Society|UP|Univ\.)(?!\w)"
)
PLACE = re.compile(r"^[^\W\d_][\w .,’'&/-]{1,40}: ?[^\W\d_]")

VENUE_START = re.compile(
    r"^(?:in[:\s]|en:|dans[:\s]|appeared in|published in|presented at|proceedings\b|proc\b|advances in\b|journal\b|"
    r"j\. |trans(?:actions|\.)|annals\b|ann\. |lecture notes in\b|lect\. notes|bulletin\b|bull\. |"
    r"international (?:journal|conference|symposium|workshop)|(?:european|asian|american|ieee|acm|annual) conference|"
    r"the (?:journal|annals|american journal|lancet|new england|quarterly|review|astrophysical|european)\b|"
    r"(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth) "
    r"(?:international|annual|ieee|acm|workshop|conference|symposium|european)|"
    r"working paper|unpublished|manuscript|in press|in preparation|to appear|forthcoming|submitted|mimeo|"
    r"(?:master|ph\.? ?d|doctoral|diploma|bachelor|mphil|m\.?sc|phd|licentiate|habilitation)[’'s.]* ?"
    r"(?:thesis|dissertation)|ph\.? ?d|phd\b|diss\b|dissertation\b|thesis\b|thèse\b|tech(?:nical|\.) rep|report no|"
    r"(?:arxiv|biorxiv|medrxiv|chemrxiv|psyarxiv|osf preprints?|ssrn|corr|nber|cepr|iza|rfc|hal|eprint|e-print|"
    r"cryptology eprint|preprint|us patent|u\.s\. patent|patent)\b)",
    re.I,
)
"""How a venue begins where it is named by its kind."""

MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|"
    r"Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?|Spring|Summer|Autumn|Fall|Winter)"
)
ABBREVIATIONS = words(
    "pp p v n s nr vol vols bd t vs cf st dr mr mrs ms no nos vol ed eds e.g i.e approx sp spp var subsp ssp al jr sr "
    "fig ca inc ltd co corp prof "
    "resp etc pt ser op cit viz dept univ"
)
