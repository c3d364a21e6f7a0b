package tidedesk.analysis;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicStemFilter;
import org.apache.lucene.analysis.bg.BulgarianStemFilter;
import org.apache.lucene.analysis.bn.BengaliStemFilter;
import org.apache.lucene.analysis.br.BrazilianStemFilter;
import org.apache.lucene.analysis.ckb.SoraniStemFilter;
import org.apache.lucene.analysis.cz.CzechStemFilter;
import org.apache.lucene.analysis.de.GermanLightStemFilter;
import org.apache.lucene.analysis.de.GermanMinimalStemFilter;
import org.apache.lucene.analysis.el.GreekStemFilter;
import org.apache.lucene.analysis.en.EnglishMinimalStemFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.es.SpanishLightStemFilter;
import org.apache.lucene.analysis.es.SpanishPluralStemFilter;
import org.apache.lucene.analysis.fi.FinnishLightStemFilter;
import org.apache.lucene.analysis.fr.FrenchLightStemFilter;
import org.apache.lucene.analysis.fr.FrenchMinimalStemFilter;
import org.apache.lucene.analysis.gl.GalicianMinimalStemFilter;
import org.apache.lucene.analysis.gl.GalicianStemFilter;
import org.apache.lucene.analysis.hi.HindiStemFilter;
import org.apache.lucene.analysis.hu.HungarianLightStemFilter;
import org.apache.lucene.analysis.id.IndonesianStemFilter;
import org.apache.lucene.analysis.it.ItalianLightStemFilter;
import org.apache.lucene.analysis.lv.LatvianStemFilter;
import org.apache.lucene.analysis.no.NorwegianLightStemFilter;
import org.apache.lucene.analysis.no.NorwegianMinimalStemFilter;
import org.apache.lucene.analysis.pt.PortugueseLightStemFilter;
import org.apache.lucene.analysis.pt.PortugueseMinimalStemFilter;
import org.apache.lucene.analysis.pt.PortugueseStemFilter;
import org.apache.lucene.analysis.ru.RussianLightStemFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.sv.SwedishLightStemFilter;
import org.apache.lucene.analysis.sv.SwedishMinimalStemFilter;
import org.tartarus.snowball.SnowballStemmer;
import org.tartarus.snowball.ext.ArmenianStemmer;
import org.tartarus.snowball.ext.BasqueStemmer;
import org.tartarus.snowball.ext.CatalanStemmer;
import org.tartarus.snowball.ext.DanishStemmer;
import org.tartarus.snowball.ext.DutchStemmer;
import org.tartarus.snowball.ext.EnglishStemmer;
import org.tartarus.snowball.ext.EstonianStemmer;
import org.tartarus.snowball.ext.FinnishStemmer;
import org.tartarus.snowball.ext.FrenchStemmer;
import org.tartarus.snowball.ext.German2Stemmer;
import org.tartarus.snowball.ext.GermanStemmer;
import org.tartarus.snowball.ext.HungarianStemmer;
import org.tartarus.snowball.ext.IrishStemmer;
import org.tartarus.snowball.ext.ItalianStemmer;
import org.tartarus.snowball.ext.KpStemmer;
import org.tartarus.snowball.ext.LithuanianStemmer;
import org.tartarus.snowball.ext.LovinsStemmer;
import org.tartarus.snowball.ext.NorwegianStemmer;
import org.tartarus.snowball.ext.PortugueseStemmer;
import org.tartarus.snowball.ext.RomanianStemmer;
import org.tartarus.snowball.ext.RussianStemmer;
import org.tartarus.snowball.ext.SpanishStemmer;
import org.tartarus.snowball.ext.SwedishStemmer;
import org.tartarus.snowball.ext.TurkishStemmer;

/** The values of the `stemmer` filter's setting `language`. */
final class Stemmers {
    private static final Map<String, UnaryOperator<TokenStream>> BY_LANGUAGE = byLanguage();

    private Stemmers() {}

    static UnaryOperator<TokenStream> forLanguage(String language) {
        UnaryOperator<TokenStream> stemmer = BY_LANGUAGE.get(language.toLowerCase(Locale.ROOT));
        if (stemmer == null) {
            throw new IllegalArgumentException("Invalid stemmer class specified: " + language);
        }
        return stemmer;
    }

    private static Map<String, UnaryOperator<TokenStream>> byLanguage() {
        Map<String, UnaryOperator<TokenStream>> stemmers = new TreeMap<>();
        stemmers.put("arabic", ArabicStemFilter::new);
        snowball(stemmers, "armenian", ArmenianStemmer::new);
        snowball(stemmers, "basque", BasqueStemmer::new);
        stemmers.put("bengali", BengaliStemFilter::new);
        stemmers.put("brazilian", BrazilianStemFilter::new);
        stemmers.put("bulgarian", BulgarianStemFilter::new);
        snowball(stemmers, "catalan", CatalanStemmer::new);
        stemmers.put("czech", CzechStemFilter::new);
        snowball(stemmers, "danish", DanishStemmer::new);
        snowball(stemmers, "dutch", DutchStemmer::new);
        snowball(stemmers, "dutch_kp", KpStemmer::new);
        stemmers.put("english", PorterStemFilter::new);
        snowball(stemmers, "estonian", EstonianStemmer::new);
        snowball(stemmers, "finnish", FinnishStemmer::new);
        snowball(stemmers, "french", FrenchStemmer::new);
        stemmers.put("galician", GalicianStemFilter::new);
        snowball(stemmers, "german", GermanStemmer::new);
        snowball(stemmers, "german2", German2Stemmer::new);
        stemmers.put("greek", GreekStemFilter::new);
        stemmers.put("hindi", HindiStemFilter::new);
        snowball(stemmers, "hungarian", HungarianStemmer::new);
        stemmers.put("indonesian", input -> new IndonesianStemFilter(input));
        snowball(stemmers, "irish", IrishStemmer::new);
        snowball(stemmers, "italian", ItalianStemmer::new);
        snowball(stemmers, "kp", KpStemmer::new);
        stemmers.put("kstem", KStemFilter::new);
        stemmers.put("latvian", LatvianStemFilter::new);
        stemmers.put("light_english", KStemFilter::new);
        stemmers.put("light_finnish", FinnishLightStemFilter::new);
        stemmers.put("light_french", FrenchLightStemFilter::new);
        stemmers.put("light_german", GermanLightStemFilter::new);
        stemmers.put("light_hungarian", HungarianLightStemFilter::new);
        stemmers.put("light_italian", ItalianLightStemFilter::new);
        stemmers.put("light_norwegian", NorwegianLightStemFilter::new);
        stemmers.put("light_portuguese", PortugueseLightStemFilter::new);
        stemmers.put("light_russian", RussianLightStemFilter::new);
        stemmers.put("light_spanish", SpanishLightStemFilter::new);
        stemmers.put("light_swedish", SwedishLightStemFilter::new);
        snowball(stemmers, "lithuanian", LithuanianStemmer::new);
        snowball(stemmers, "lovins", LovinsStemmer::new);
        stemmers.put("minimal_english", EnglishMinimalStemFilter::new);
        stemmers.put("minimal_french", FrenchMinimalStemFilter::new);
        stemmers.put("minimal_galician", GalicianMinimalStemFilter::new);
        stemmers.put("minimal_german", GermanMinimalStemFilter::new);
        stemmers.put("minimal_norwegian", NorwegianMinimalStemFilter::new);
        stemmers.put("minimal_portuguese", PortugueseMinimalStemFilter::new);
        stemmers.put("minimal_swedish", SwedishMinimalStemFilter::new);
        snowball(stemmers, "norwegian", NorwegianStemmer::new);
        stemmers.put("porter", PorterStemFilter::new);
        snowball(stemmers, "porter2", EnglishStemmer::new);
        snowball(stemmers, "portuguese", PortugueseStemmer::new);
        stemmers.put("portuguese_rslp", PortugueseStemFilter::new);
        stemmers.put("possessive_english", EnglishPossessiveFilter::new);
        snowball(stemmers, "romanian", RomanianStemmer::new);
        snowball(stemmers, "russian", RussianStemmer::new);
        stemmers.put("sorani", SoraniStemFilter::new);
        snowball(stemmers, "spanish", SpanishStemmer::new);
        stemmers.put("spanish_plural", SpanishPluralStemFilter::new);
        snowball(stemmers, "swedish", SwedishStemmer::new);
        snowball(stemmers, "turkish", TurkishStemmer::new);
        return stemmers;
    }

    private static void snowball(
        Map<String, UnaryOperator<TokenStream>> stemmers,
        String language,
        Supplier<SnowballStemmer> stemmer
    ) {
        // a Snowball stemmer keeps state, so every stream gets its own
        stemmers.put(language, input -> new SnowballFilter(input, stemmer.get()));
    }
}
