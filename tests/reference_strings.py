"""Reference strings of many styles and fields with their answers: (style, string, family names, year, title).

Written by hand before the parser was run on them. '' as title means that the style gives none. The last of the
family names may be left out where the string has many; the first ones count.
"""

CASES: list[tuple[str, str, tuple[str, ...], int | None, str]] = [
    # ── APA ──
    ("apa", "Kahneman, D., & Tversky, A. (1979). Prospect theory: An analysis of decision under risk. Econometrica, 47(2), 263–291. https://doi.org/10.2307/1914185", ("Kahneman", "Tversky"), 1979, "Prospect theory: An analysis of decision under risk"),
    ("apa", "American Psychiatric Association. (2013). Diagnostic and statistical manual of mental disorders (5th ed.). American Psychiatric Publishing.", ("American Psychiatric Association",), 2013, "Diagnostic and statistical manual of mental disorders"),
    ("apa", "Open Science Collaboration. (2015). Estimating the reproducibility of psychological science. Science, 349(6251), aac4716.", ("Open Science Collaboration",), 2015, "Estimating the reproducibility of psychological science"),
    ("apa", "Van der Waals, J. D., Jr., & de la Cruz, M. T. (2001, March 3). Why do cells die? Cell Death Review, 3, 1–9.", ("Van der Waals", "de la Cruz"), 2001, "Why do cells die?"),
    ("apa", "Gould, S. J. (1981). The mismeasure of man. W. W. Norton.", ("Gould",), 1981, "The mismeasure of man"),
    ("apa", "Baddeley, A. D. (n.d.). Working memory in everyday life. Retrieved March 4, 2012, from http://www.york.ac.uk/memory", ("Baddeley",), None, "Working memory in everyday life"),
    ("apa", "Ostrom, E. (in press). Beyond markets and states. American Economic Review.", ("Ostrom",), None, "Beyond markets and states"),
    ("apa", "Bronfenbrenner, U. (1994). Ecological models of human development. In T. Husen & T. N. Postlethwaite (Eds.), International encyclopedia of education (2nd ed., Vol. 3, pp. 1643–1647). Pergamon Press.", ("Bronfenbrenner",), 1994, "Ecological models of human development"),
    ("apa", "Nguyen, T. H. (2012). Household water use in the Mekong delta [Unpublished doctoral dissertation]. Can Tho University.", ("Nguyen",), 2012, "Household water use in the Mekong delta"),
    # ── Chicago author-date and notes ──
    ("chicago", "Kuhn, Thomas S. 1962. The Structure of Scientific Revolutions. Chicago: University of Chicago Press.", ("Kuhn",), 1962, "The Structure of Scientific Revolutions"),
    ("chicago", "Shapin, Steven, and Simon Schaffer. 1985. Leviathan and the Air-Pump: Hobbes, Boyle, and the Experimental Life. Princeton: Princeton University Press.", ("Shapin", "Schaffer"), 1985, "Leviathan and the Air-Pump: Hobbes, Boyle, and the Experimental Life"),
    ("chicago", "Acemoglu, Daron, Simon Johnson, and James A. Robinson. 2001. “The Colonial Origins of Comparative Development: An Empirical Investigation.” American Economic Review 91 (5): 1369–1401.", ("Acemoglu", "Johnson", "Robinson"), 2001, "The Colonial Origins of Comparative Development: An Empirical Investigation"),
    ("chicago-notes", "Lorraine Daston and Peter Galison, Objectivity (New York: Zone Books, 2007), 55–63.", ("Daston", "Galison"), 2007, "Objectivity"),
    ("chicago-bib", "Merton, Robert K. “The Matthew Effect in Science.” Science 159, no. 3810 (1968): 56–63.", ("Merton",), 1968, "The Matthew Effect in Science"),
    ("chicago-bib", "Latour, Bruno. Science in Action: How to Follow Scientists and Engineers through Society. Cambridge, MA: Harvard University Press, 1987.", ("Latour",), 1987, "Science in Action: How to Follow Scientists and Engineers through Society"),
    ("chicago", "Haraway, Donna. 1988a. “Situated Knowledges: The Science Question in Feminism and the Privilege of Partial Perspective.” Feminist Studies 14 (3): 575–99.", ("Haraway",), 1988, "Situated Knowledges: The Science Question in Feminism and the Privilege of Partial Perspective"),
    # ── MLA ──
    ("mla", "Quine, W. V. “Two Dogmas of Empiricism.” The Philosophical Review, vol. 60, no. 1, 1951, pp. 20–43. JSTOR, www.jstor.org/stable/2181906.", ("Quine",), 1951, "Two Dogmas of Empiricism"),
    ("mla", "Gilbert, Sandra M., and Susan Gubar. The Madwoman in the Attic. Yale UP, 1979.", ("Gilbert", "Gubar"), 1979, "The Madwoman in the Attic"),
    ("mla", "Carson, Rachel, et al. \"Who Speaks for the Sea?\" Marine Conservation Quarterly, vol. 2, 1962, pp. 1-12.", ("Carson",), 1962, "Who Speaks for the Sea?"),
    # ── IEEE ──
    ("ieee", "[7] C. E. Shannon, “A mathematical theory of communication,” Bell Syst. Tech. J., vol. 27, no. 3, pp. 379–423, Jul. 1948.", ("Shannon",), 1948, "A mathematical theory of communication"),
    ("ieee", "[12] J. K. Author and B. van den Berg, \"Self-tuning regulators for wind turbines,\" in Proc. IEEE Conf. Decision Control (CDC), Las Vegas, NV, USA, 2016, pp. 100-105, doi: 10.1109/CDC.2016.7798258.", ("Author", "van den Berg"), 2016, "Self-tuning regulators for wind turbines"),
    ("ieee", "[3] L. Lamport, LaTeX: A Document Preparation System, 2nd ed. Reading, MA, USA: Addison-Wesley, 1994.", ("Lamport",), 1994, "LaTeX: A Document Preparation System"),
    ("ieee", "[15] R. Rivest, A. Shamir, and L. Adleman, ‘A method for obtaining digital signatures and public-key cryptosystems’, Commun. ACM, vol. 21, no. 2, pp. 120–126, 1978.", ("Rivest", "Shamir", "Adleman"), 1978, "A method for obtaining digital signatures and public-key cryptosystems"),
    # ── Vancouver, AMA, NLM ──
    ("vancouver", "1. Doll R, Hill AB. Smoking and carcinoma of the lung; preliminary report. Br Med J. 1950;2(4682):739-48.", ("Doll", "Hill"), 1950, "Smoking and carcinoma of the lung; preliminary report"),
    ("vancouver", "Rothwell PM, Fowkes FG, Belch JF, Ogawa H, Warlow CP, Meade TW. Effect of daily aspirin on long-term risk of death due to cancer: analysis of individual patient data from randomised trials. Lancet 2011;377:31-41.", ("Rothwell", "Fowkes", "Belch", "Ogawa", "Warlow", "Meade"), 2011, "Effect of daily aspirin on long-term risk of death due to cancer: analysis of individual patient data from randomised trials"),
    ("vancouver", "World Health Organization. Global tuberculosis report 2019. Geneva: WHO; 2019.", ("World Health Organization",), 2019, "Global tuberculosis report 2019"),
    ("ama", "Moher D, Liberati A, Tetzlaff J, Altman DG; PRISMA Group. Preferred reporting items for systematic reviews and meta-analyses: the PRISMA statement. PLoS Med. 2009;6(7):e1000097. doi:10.1371/journal.pmed.1000097", ("Moher", "Liberati", "Tetzlaff", "Altman"), 2009, "Preferred reporting items for systematic reviews and meta-analyses: the PRISMA statement"),
    ("vancouver", "Ioannidis JP. Why most published research findings are false. PLoS Med. 2005 Aug;2(8):e124. PMID: 16060722.", ("Ioannidis",), 2005, "Why most published research findings are false"),
    ("vancouver", "Murray PR, Rosenthal KS, Kobayashi GS, Pfaller MA. Medical microbiology. 4th ed. St. Louis: Mosby; 2002.", ("Murray", "Rosenthal", "Kobayashi", "Pfaller"), 2002, "Medical microbiology"),
    ("vancouver", "van der Meer JW, O'Brien K, et al. Is fever useful? Arch Intern Med 1998; 158: 1870–81.", ("van der Meer", "O'Brien"), 1998, "Is fever useful?"),
    # ── Nature, Science, Cell, PNAS ──
    ("nature", "Watson, J. D. & Crick, F. H. C. Molecular structure of nucleic acids. Nature 171, 737–738 (1953).", ("Watson", "Crick"), 1953, "Molecular structure of nucleic acids"),
    ("nature", "12. Jumper, J. et al. Highly accurate protein structure prediction with AlphaFold. Nature 596, 583–589 (2021).", ("Jumper",), 2021, "Highly accurate protein structure prediction with AlphaFold"),
    ("nature", "Darwin, C. R. On the Origin of Species by Means of Natural Selection (John Murray, 1859).", ("Darwin",), 1859, "On the Origin of Species by Means of Natural Selection"),
    ("science", "M. Jinek, K. Chylinski, I. Fonfara, M. Hauer, J. A. Doudna, E. Charpentier, A programmable dual-RNA-guided DNA endonuclease in adaptive bacterial immunity. Science 337, 816–821 (2012).", ("Jinek", "Chylinski", "Fonfara", "Hauer", "Doudna", "Charpentier"), 2012, "A programmable dual-RNA-guided DNA endonuclease in adaptive bacterial immunity"),
    ("cell", "Hanahan, D., and Weinberg, R.A. (2011). Hallmarks of cancer: the next generation. Cell 144, 646–674.", ("Hanahan", "Weinberg"), 2011, "Hallmarks of cancer: the next generation"),
    ("pnas", "Altschul SF, Gish W, Miller W, Myers EW, Lipman DJ (1990) Basic local alignment search tool. J Mol Biol 215:403–410.", ("Altschul", "Gish", "Miller", "Myers", "Lipman"), 1990, "Basic local alignment search tool"),
    ("elife", "Smith-Jones A, Müller K-H, Łukasiewicz J. 2017. Sleep in the fruit fly. eLife 6:e21306. DOI: https://doi.org/10.7554/eLife.21306", ("Smith-Jones", "Müller", "Łukasiewicz"), 2017, "Sleep in the fruit fly"),
    # ── Harvard ──
    ("harvard", "Hardin, G. (1968) ‘The tragedy of the commons’, Science, 162(3859), pp. 1243–1248.", ("Hardin",), 1968, "The tragedy of the commons"),
    ("harvard", "Stern, N., 2007. The Economics of Climate Change: The Stern Review. Cambridge: Cambridge University Press.", ("Stern",), 2007, "The Economics of Climate Change: The Stern Review"),
    ("harvard", "IPCC (2014) Climate Change 2014: Synthesis Report. Geneva, Switzerland: IPCC.", ("IPCC",), 2014, "Climate Change 2014: Synthesis Report"),
    ("harvard", "Holling, C.S., 1973. Resilience and stability of ecological systems. Annual Review of Ecology and Systematics, 4(1), pp.1-23.", ("Holling",), 1973, "Resilience and stability of ecological systems"),
    # ── ecology ──
    ("ecology", "Tilman, D., P. B. Reich, and J. M. H. Knops. 2006. Biodiversity and ecosystem stability in a decade-long grassland experiment. Nature 441:629–632.", ("Tilman", "Reich", "Knops"), 2006, "Biodiversity and ecosystem stability in a decade-long grassland experiment"),
    ("ecology", "MacArthur, R. H., and E. O. Wilson. 1967. The theory of island biogeography. Princeton University Press, Princeton, New Jersey, USA.", ("MacArthur", "Wilson"), 1967, "The theory of island biogeography"),
    ("ecology", "R Core Team. 2020. R: A language and environment for statistical computing. R Foundation for Statistical Computing, Vienna, Austria.", ("R Core Team",), 2020, "R: A language and environment for statistical computing"),
    ("ecology", "Connell JH (1978) Diversity in tropical rain forests and coral reefs. Science 199:1302-1310", ("Connell",), 1978, "Diversity in tropical rain forests and coral reefs"),
    ("ecology", "Hubbell, S.P. 2001. The unified neutral theory of biodiversity and biogeography. – Princeton Univ. Press.", ("Hubbell",), 2001, "The unified neutral theory of biodiversity and biogeography"),
    # ── physics ──
    ("physics", "[1] P. W. Higgs, Phys. Rev. Lett. 13, 508 (1964).", ("Higgs",), 1964, ""),
    ("physics", "J. Bardeen, L. N. Cooper, and J. R. Schrieffer, Phys. Rev. 108, 1175 (1957).", ("Bardeen", "Cooper", "Schrieffer"), 1957, ""),
    ("physics", "A. Einstein, B. Podolsky, and N. Rosen, Can quantum-mechanical description of physical reality be considered complete?, Phys. Rev. 47, 777 (1935).", ("Einstein", "Podolsky", "Rosen"), 1935, "Can quantum-mechanical description of physical reality be considered complete?"),
    ("physics", "S. Weinberg, The Quantum Theory of Fields, Vol. 1 (Cambridge University Press, Cambridge, 1995).", ("Weinberg",), 1995, "The Quantum Theory of Fields"),
    ("physics", "J. M. Maldacena, The Large N limit of superconformal field theories and supergravity, Adv. Theor. Math. Phys. 2 (1998) 231 [hep-th/9711200].", ("Maldacena",), 1998, "The Large N limit of superconformal field theories and supergravity"),
    ("physics", "G. ’t Hooft, Nucl. Phys. B 72, 461 (1974).", ("'t Hooft",), 1974, ""),
    ("physics", "B. P. Abbott et al. (LIGO Scientific Collaboration and Virgo Collaboration), Observation of Gravitational Waves from a Binary Black Hole Merger, Phys. Rev. Lett. 116, 061102 (2016).", ("Abbott",), 2016, "Observation of Gravitational Waves from a Binary Black Hole Merger"),
    ("physics-iop", "Kosterlitz J M and Thouless D J 1973 Ordering, metastability and phase transitions in two-dimensional systems J. Phys. C: Solid State Phys. 6 1181–203", ("Kosterlitz", "Thouless"), 1973, "Ordering, metastability and phase transitions in two-dimensional systems"),
    ("physics-aa", "Riess, A. G., Filippenko, A. V., Challis, P., et al. 1998, AJ, 116, 1009", ("Riess", "Filippenko", "Challis"), 1998, ""),
    # ── chemistry ──
    ("acs", "Corey, E. J.; Cheng, X.-M. The Logic of Chemical Synthesis; Wiley: New York, 1989.", ("Corey", "Cheng"), 1989, "The Logic of Chemical Synthesis"),
    ("acs", "Kohn, W.; Sham, L. J. Self-Consistent Equations Including Exchange and Correlation Effects. Phys. Rev. 1965, 140 (4A), A1133–A1138.", ("Kohn", "Sham"), 1965, "Self-Consistent Equations Including Exchange and Correlation Effects"),
    ("acs", "(5) Frisch, M. J.; Pople, J. A.; Binkley, J. S. J. Chem. Phys. 1984, 80, 3265.", ("Frisch", "Pople", "Binkley"), 1984, ""),
    ("rsc", "K. C. Nicolaou and E. J. Sorensen, Classics in Total Synthesis, VCH, Weinheim, 1996.", ("Nicolaou", "Sorensen"), 1996, "Classics in Total Synthesis"),
    ("rsc", "A. R. Genady, J. Organomet. Chem., 2009, 694, 3541–3551.", ("Genady",), 2009, ""),
    ("angew", "R. F. Heck, J. P. Nolley, Jr., J. Org. Chem. 1972, 37, 2320–2322.", ("Heck", "Nolley"), 1972, ""),
    # ── mathematics, logic, philosophy ──
    ("ams", "[GT01] B. Green and T. Tao, The primes contain arbitrarily long arithmetic progressions, Ann. of Math. (2) 167 (2008), no. 2, 481–547.", ("Green", "Tao"), 2008, "The primes contain arbitrarily long arithmetic progressions"),
    ("ams", "A. Wiles, Modular elliptic curves and Fermat’s last theorem, Ann. of Math. 141 (1995), 443-551.", ("Wiles",), 1995, "Modular elliptic curves and Fermat’s last theorem"),
    ("logic", "Gödel, K. (1931). Über formal unentscheidbare Sätze der Principia Mathematica und verwandter Systeme I. Monatshefte für Mathematik und Physik, 38, 173–198.", ("Gödel",), 1931, "Über formal unentscheidbare Sätze der Principia Mathematica und verwandter Systeme I"),
    ("logic", "Kripke, S. A., 1963, “Semantical Considerations on Modal Logic”, Acta Philosophica Fennica, 16: 83–94.", ("Kripke",), 1963, "Semantical Considerations on Modal Logic"),
    ("logic", "Tarski, A.: The semantic conception of truth and the foundations of semantics. Philosophy and Phenomenological Research 4(3), 341–376 (1944)", ("Tarski",), 1944, "The semantic conception of truth and the foundations of semantics"),
    ("lncs", "Hoare, C.A.R., He, J.: Unifying Theories of Programming. Prentice Hall, Englewood Cliffs (1998)", ("Hoare", "He"), 1998, "Unifying Theories of Programming"),
    ("lncs", "12. de Moura, L., Bjørner, N.: Z3: An efficient SMT solver. In: Ramakrishnan, C.R., Rehof, J. (eds.) TACAS 2008. LNCS, vol. 4963, pp. 337–340. Springer, Heidelberg (2008). https://doi.org/10.1007/978-3-540-78800-3_24", ("de Moura", "Bjørner"), 2008, "Z3: An efficient SMT solver"),
    ("philosophy", "Lewis, David, 1973. Counterfactuals. Oxford: Blackwell.", ("Lewis",), 1973, "Counterfactuals"),
    ("siam", "[4] Y. Nesterov and A. Nemirovskii, Interior-Point Polynomial Algorithms in Convex Programming, SIAM, Philadelphia, PA, 1994.", ("Nesterov", "Nemirovskii"), 1994, "Interior-Point Polynomial Algorithms in Convex Programming"),
    ("siam", "R. T. ROCKAFELLAR, Monotone operators and the proximal point algorithm, SIAM J. Control Optim., 14 (1976), pp. 877–898.", ("ROCKAFELLAR",), 1976, "Monotone operators and the proximal point algorithm"),
    # ── economics ──
    ("economics", "Akerlof, George A. (1970): \"The Market for 'Lemons': Quality Uncertainty and the Market Mechanism,\" Quarterly Journal of Economics, 84, 488-500.", ("Akerlof",), 1970, "The Market for 'Lemons': Quality Uncertainty and the Market Mechanism"),
    ("economics", "Card, David and Alan B. Krueger, “Minimum Wages and Employment: A Case Study of the Fast-Food Industry in New Jersey and Pennsylvania,” American Economic Review, 84 (1994), 772–793.", ("Card", "Krueger"), 1994, "Minimum Wages and Employment: A Case Study of the Fast-Food Industry in New Jersey and Pennsylvania"),
    ("economics", "Piketty, T., 2014. Capital in the Twenty-First Century. Harvard University Press, Cambridge, MA.", ("Piketty",), 2014, "Capital in the Twenty-First Century"),
    ("economics", "Autor, D. H., Dorn, D., & Hanson, G. H. (2013). The China syndrome. NBER Working Paper No. 18054.", ("Autor", "Dorn", "Hanson"), 2013, "The China syndrome"),
    # ── computer science: natbib, plain, ACM, ICML ──
    ("plain", "Ian Goodfellow, Jean Pouget-Abadie, Mehdi Mirza, Bing Xu, David Warde-Farley, Sherjil Ozair, Aaron Courville, and Yoshua Bengio. Generative adversarial nets. In Advances in Neural Information Processing Systems, pages 2672–2680, 2014.", ("Goodfellow", "Pouget-Abadie", "Mirza", "Xu", "Warde-Farley", "Ozair", "Courville", "Bengio"), 2014, "Generative adversarial nets"),
    ("natbib", "Kingma, D. P. and Ba, J. Adam: A method for stochastic optimization. In ICLR, 2015.", ("Kingma", "Ba"), 2015, "Adam: A method for stochastic optimization"),
    ("natbib-full", "Sutskever, Ilya, Martens, James, Dahl, George, and Hinton, Geoffrey. On the importance of initialization and momentum in deep learning. In ICML, 2013.", ("Sutskever", "Martens", "Dahl", "Hinton"), 2013, "On the importance of initialization and momentum in deep learning"),
    ("acm", "Leslie Lamport. 1978. Time, Clocks, and the Ordering of Events in a Distributed System. Commun. ACM 21, 7 (July 1978), 558–565. https://doi.org/10.1145/359545.359563", ("Lamport",), 1978, "Time, Clocks, and the Ordering of Events in a Distributed System"),
    ("alpha", "[BGJM17] Piotr Bojanowski, Edouard Grave, Armand Joulin, and Tomas Mikolov. Enriching word vectors with subword information. Transactions of the Association for Computational Linguistics, 5:135–146, 2017.", ("Bojanowski", "Grave", "Joulin", "Mikolov"), 2017, "Enriching word vectors with subword information"),
    ("plain", "C. M. Bishop. Pattern Recognition and Machine Learning. Springer, 2006.", ("Bishop",), 2006, "Pattern Recognition and Machine Learning"),
    ("plain", "S. Hochreiter. Untersuchungen zu dynamischen neuronalen Netzen. Diploma thesis, Technische Universität München, 1991.", ("Hochreiter",), 1991, "Untersuchungen zu dynamischen neuronalen Netzen"),
    ("note", "Srivastava et al. 2014. Dropout: A Simple Way to Prevent Neural Networks from Overfitting. JMLR.", ("Srivastava",), 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting"),
    ("elsevier", "[22] J. Schmidhuber, Deep learning in neural networks: An overview, Neural Networks 61 (2015) 85–117.", ("Schmidhuber",), 2015, "Deep learning in neural networks: An overview"),
    ("elsevier", "T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning, second ed., Springer, New York, 2009.", ("Hastie", "Tibshirani", "Friedman"), 2009, "The Elements of Statistical Learning"),
    ("arxiv", "Tom B. Brown, Benjamin Mann, Nick Ryder, et al. Language models are few-shot learners. arXiv preprint arXiv:2005.14165, 2020.", ("Brown", "Mann", "Ryder"), 2020, "Language models are few-shot learners"),
    ("openai", "OpenAI. GPT-4 technical report, 2023. arXiv:2303.08774.", ("OpenAI",), 2023, "GPT-4 technical report"),
    # ── date first ──
    ("date-first", "2006 July 28, Geoffrey E. Hinton and Ruslan R. Salakhutdinov. [Reducing the Dimensionality of Data with Neural Networks](https://science.sciencemag.org/content/313/5786/504). *Science*, 313(5786):504-507.", ("Hinton", "Salakhutdinov"), 2006, "Reducing the Dimensionality of Data with Neural Networks"),
    ("date-first", "2003 May, Elinor Ostrom. *How types of goods and property rights jointly affect collective action*. Journal of Theoretical Politics.", ("Ostrom",), 2003, "How types of goods and property rights jointly affect collective action"),
    ("date-first", "1905. Albert Einstein. Zur Elektrodynamik bewegter Körper. Annalen der Physik.", ("Einstein",), 1905, "Zur Elektrodynamik bewegter Körper"),
    # ── law ──
    ("law", "Oliver Wendell Holmes, Jr., The Path of the Law, 10 HARV. L. REV. 457 (1897).", ("Holmes",), 1897, "The Path of the Law"),
    ("law", "Ronald H. Coase, The Problem of Social Cost, 3 J.L. & ECON. 1 (1960).", ("Coase",), 1960, "The Problem of Social Cost"),
    # ── other languages ──
    ("iso690", "BOURDIEU, Pierre. La distinction : critique sociale du jugement. Paris : Éditions de Minuit, 1979.", ("BOURDIEU",), 1979, "La distinction : critique sociale du jugement"),
    ("german", "Weber, Max (1922): Wirtschaft und Gesellschaft. Grundriss der verstehenden Soziologie. Tübingen: Mohr.", ("Weber",), 1922, "Wirtschaft und Gesellschaft. Grundriss der verstehenden Soziologie"),
    ("german", "Müller, Jürgen/Schröder, Anna: „Die Ökologie der Flüsse“, in: Zeitschrift für Geographie 12 (1998), S. 34-56.", ("Müller",), 1998, "Die Ökologie der Flüsse"),
    ("french", "LATOUR B., WOOLGAR S., 1988, La vie de laboratoire. La production des faits scientifiques, Paris, La Découverte.", ("LATOUR", "WOOLGAR"), 1988, "La vie de laboratoire. La production des faits scientifiques"),
    ("spanish", "García Márquez, G. y Pérez, J. (2003). Ecología de los ríos andinos. Revista de Biología Tropical, 51, 1-20.", ("García Márquez", "Pérez"), 2003, "Ecología de los ríos andinos"),
    ("gbt7714", "ZHANG W, LI H. Deep learning for rice disease detection[J]. Computers in Agriculture, 2019, 12(3): 45-52.", ("ZHANG", "LI"), 2019, "Deep learning for rice disease detection"),
    ("russian", "Колмогоров А. Н. Основные понятия теории вероятностей. М.: Наука, 1974.", ("Колмогоров",), 1974, "Основные понятия теории вероятностей"),
    # ── history of science ──
    ("history", "Newton, Isaac. Philosophiæ Naturalis Principia Mathematica. London: Royal Society, 1687.", ("Newton",), 1687, "Philosophiæ Naturalis Principia Mathematica"),
    ("history", "Galison, P. ‘Einstein’s clocks: The place of time’, Critical Inquiry, 26 (2000), 355–89.", ("Galison",), 2000, "Einstein’s clocks: The place of time"),
    ("history", "Westfall, Richard S. Never at Rest: A Biography of Isaac Newton. Cambridge: Cambridge University Press, 1980.", ("Westfall",), 1980, "Never at Rest: A Biography of Isaac Newton"),
]
