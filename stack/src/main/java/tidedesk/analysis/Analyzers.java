package tidedesk.analysis;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.bg.BulgarianAnalyzer;
import org.apache.lucene.analysis.bn.BengaliAnalyzer;
import org.apache.lucene.analysis.br.BrazilianAnalyzer;
import org.apache.lucene.analysis.ca.CatalanAnalyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.ckb.SoraniAnalyzer;
import org.apache.lucene.analysis.cz.CzechAnalyzer;
import org.apache.lucene.analysis.da.DanishAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.el.GreekAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.et.EstonianAnalyzer;
import org.apache.lucene.analysis.eu.BasqueAnalyzer;
import org.apache.lucene.analysis.fa.PersianAnalyzer;
import org.apache.lucene.analysis.fi.FinnishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.ga.IrishAnalyzer;
import org.apache.lucene.analysis.gl.GalicianAnalyzer;
import org.apache.lucene.analysis.hi.HindiAnalyzer;
import org.apache.lucene.analysis.hu.HungarianAnalyzer;
import org.apache.lucene.analysis.hy.ArmenianAnalyzer;
import org.apache.lucene.analysis.id.IndonesianAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.lt.LithuanianAnalyzer;
import org.apache.lucene.analysis.lv.LatvianAnalyzer;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.no.NorwegianAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.ro.RomanianAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.th.ThaiAnalyzer;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;

/** The language analyzers, with their settings `stopwords`, `stopwords_path` and `stem_exclusion`. */
final class Analyzers {
    private Analyzers() {}

    static Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> all() {
        Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> analyzers = new TreeMap<>();
        stemming(analyzers, "arabic", ArabicAnalyzer.getDefaultStopSet(), ArabicAnalyzer::new);
        stemming(analyzers, "armenian", ArmenianAnalyzer.getDefaultStopSet(), ArmenianAnalyzer::new);
        stemming(analyzers, "basque", BasqueAnalyzer.getDefaultStopSet(), BasqueAnalyzer::new);
        stemming(analyzers, "bengali", BengaliAnalyzer.getDefaultStopSet(), BengaliAnalyzer::new);
        stemming(analyzers, "brazilian", BrazilianAnalyzer.getDefaultStopSet(), BrazilianAnalyzer::new);
        stemming(analyzers, "bulgarian", BulgarianAnalyzer.getDefaultStopSet(), BulgarianAnalyzer::new);
        stemming(analyzers, "catalan", CatalanAnalyzer.getDefaultStopSet(), CatalanAnalyzer::new);
        stemming(analyzers, "czech", CzechAnalyzer.getDefaultStopSet(), CzechAnalyzer::new);
        stemming(analyzers, "danish", DanishAnalyzer.getDefaultStopSet(), DanishAnalyzer::new);
        stemming(analyzers, "dutch", DutchAnalyzer.getDefaultStopSet(), DutchAnalyzer::new);
        stemming(analyzers, "english", EnglishAnalyzer.getDefaultStopSet(), EnglishAnalyzer::new);
        stemming(analyzers, "estonian", EstonianAnalyzer.getDefaultStopSet(), EstonianAnalyzer::new);
        stemming(analyzers, "finnish", FinnishAnalyzer.getDefaultStopSet(), FinnishAnalyzer::new);
        stemming(analyzers, "french", FrenchAnalyzer.getDefaultStopSet(), FrenchAnalyzer::new);
        stemming(analyzers, "galician", GalicianAnalyzer.getDefaultStopSet(), GalicianAnalyzer::new);
        stemming(analyzers, "german", GermanAnalyzer.getDefaultStopSet(), GermanAnalyzer::new);
        stemming(analyzers, "hindi", HindiAnalyzer.getDefaultStopSet(), HindiAnalyzer::new);
        stemming(analyzers, "hungarian", HungarianAnalyzer.getDefaultStopSet(), HungarianAnalyzer::new);
        stemming(analyzers, "indonesian", IndonesianAnalyzer.getDefaultStopSet(), IndonesianAnalyzer::new);
        stemming(analyzers, "irish", IrishAnalyzer.getDefaultStopSet(), IrishAnalyzer::new);
        stemming(analyzers, "italian", ItalianAnalyzer.getDefaultStopSet(), ItalianAnalyzer::new);
        stemming(analyzers, "latvian", LatvianAnalyzer.getDefaultStopSet(), LatvianAnalyzer::new);
        stemming(analyzers, "lithuanian", LithuanianAnalyzer.getDefaultStopSet(), LithuanianAnalyzer::new);
        stemming(analyzers, "norwegian", NorwegianAnalyzer.getDefaultStopSet(), NorwegianAnalyzer::new);
        stemming(analyzers, "portuguese", PortugueseAnalyzer.getDefaultStopSet(), PortugueseAnalyzer::new);
        stemming(analyzers, "romanian", RomanianAnalyzer.getDefaultStopSet(), RomanianAnalyzer::new);
        stemming(analyzers, "russian", RussianAnalyzer.getDefaultStopSet(), RussianAnalyzer::new);
        stemming(analyzers, "sorani", SoraniAnalyzer.getDefaultStopSet(), SoraniAnalyzer::new);
        stemming(analyzers, "spanish", SpanishAnalyzer.getDefaultStopSet(), SpanishAnalyzer::new);
        stemming(analyzers, "swedish", SwedishAnalyzer.getDefaultStopSet(), SwedishAnalyzer::new);
        stemming(analyzers, "turkish", TurkishAnalyzer.getDefaultStopSet(), TurkishAnalyzer::new);
        stopping(analyzers, "cjk", CJKAnalyzer.getDefaultStopSet(), CJKAnalyzer::new);
        stopping(analyzers, "greek", GreekAnalyzer.getDefaultStopSet(), GreekAnalyzer::new);
        stopping(analyzers, "persian", PersianAnalyzer.getDefaultStopSet(), PersianAnalyzer::new);
        stopping(analyzers, "thai", ThaiAnalyzer.getDefaultStopSet(), ThaiAnalyzer::new);
        return analyzers;
    }

    private static void stemming(
        Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> analyzers,
        String name,
        CharArraySet defaultStopWords,
        BiFunction<CharArraySet, CharArraySet, Analyzer> constructor
    ) {
        analyzers.put(name, (index, environment, ownName, settings) -> {
            CharArraySet stopWords = Analysis.parseStopWords(environment, settings, defaultStopWords);
            CharArraySet notStemmed = Analysis.parseStemExclusion(settings, CharArraySet.EMPTY_SET);
            return new Provider(ownName, settings, constructor.apply(stopWords, notStemmed));
        });
    }

    private static void stopping(
        Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> analyzers,
        String name,
        CharArraySet defaultStopWords,
        Function<CharArraySet, Analyzer> constructor
    ) {
        analyzers.put(name, (index, environment, ownName, settings) -> {
            CharArraySet stopWords = Analysis.parseStopWords(environment, settings, defaultStopWords);
            return new Provider(ownName, settings, constructor.apply(stopWords));
        });
    }

    private static final class Provider extends AbstractIndexAnalyzerProvider<Analyzer> {
        private final Analyzer analyzer;

        Provider(String name, Settings settings, Analyzer analyzer) {
            super(name, settings);
            this.analyzer = analyzer;
        }

        @Override
        public Analyzer get() {
            return analyzer;
        }
    }
}
