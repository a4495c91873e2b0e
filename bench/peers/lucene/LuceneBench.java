import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.Version;

/** Lucene with its EnglishAnalyzer, no stopwords, positions, the texts stored. ../driver.h says how it is asked. */
public final class LuceneBench {
    private static final String BODY = "body";
    private static final int TOP = 10;
    private static final double RAM_BUFFER_MB = 1024;

    private record Row(double micros, long hits, long bytes) {}

    private final IndexSearcher searcher;
    private final StoredFields stored;
    private final Analyzer analyzer = newAnalyzer();
    private int checksum;

    private LuceneBench(DirectoryReader reader) throws IOException {
        searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
        stored = reader.storedFields();
    }

    private static Analyzer newAnalyzer() {
        return new EnglishAnalyzer(CharArraySet.EMPTY_SET);
    }

    private static void addAll(IndexWriter writer, BufferedReader in) throws IOException {
        Document document = new Document();
        Field body = new TextField(BODY, "", Field.Store.YES);
        document.add(body);
        for (;;) {
            String line;
            synchronized (in) {
                line = in.readLine();
            }
            if (line == null) {
                return;
            }
            body.setStringValue(line.substring(line.indexOf('\t') + 1));
            writer.addDocument(document);
        }
    }

    private static void build(Path tsv, Path index, int threads) throws Exception {
        long from = System.nanoTime();
        IndexWriterConfig config = new IndexWriterConfig(newAnalyzer());
        config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
        config.setRAMBufferSizeMB(RAM_BUFFER_MB);
        config.setMergeScheduler(threads == 1 ? new SerialMergeScheduler() : new ConcurrentMergeScheduler());
        try (MMapDirectory directory = new MMapDirectory(index);
                IndexWriter writer = new IndexWriter(directory, config);
                BufferedReader in = Files.newBufferedReader(tsv, StandardCharsets.UTF_8)) {
            List<Thread> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Thread worker = new Thread(() -> {
                    try {
                        addAll(writer, in);
                    } catch (IOException e) {
                        e.printStackTrace();
                        System.exit(1);
                    }
                });
                worker.start();
                workers.add(worker);
            }
            for (Thread worker : workers) {
                worker.join();
            }
            writer.commit();
            long built = System.nanoTime();
            writer.forceMerge(1);
            writer.commit();
            System.out.printf("build %.3f %.3f Lucene %s, Java %s%n", (built - from) / 1e9,
                    (System.nanoTime() - built) / 1e9, Version.LATEST, System.getProperty("java.version"));
        }
    }

    private String stem(String word) throws IOException {
        try (TokenStream tokens = analyzer.tokenStream(BODY, word)) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            String stem = tokens.incrementToken() ? term.toString() : word;
            tokens.end();
            return stem;
        }
    }

    private Query query(String line) throws IOException {
        String[] parts = line.split("\t", 2);
        String[] words = parts[1].split(" ");
        if (parts[0].equals("phrase")) {
            PhraseQuery.Builder phrase = new PhraseQuery.Builder();
            for (String word : words) {
                phrase.add(new Term(BODY, stem(word)));
            }
            return phrase.build();
        }
        if (words.length == 1) {
            return new TermQuery(new Term(BODY, stem(words[0])));
        }
        BooleanClause.Occur occur = parts[0].equals("or") ? BooleanClause.Occur.SHOULD : BooleanClause.Occur.MUST;
        BooleanQuery.Builder bool = new BooleanQuery.Builder();
        for (String word : words) {
            bool.add(new TermQuery(new Term(BODY, stem(word))), occur);
        }
        return bool.build();
    }

    private Row run(String line) throws IOException {
        long from = System.nanoTime();
        ScoreDoc[] hits = searcher.search(query(line), TOP).scoreDocs;
        long bytes = 0;
        for (ScoreDoc hit : hits) {
            String text = stored.document(hit.doc).get(BODY);
            for (int i = 0; i < text.length(); i++) {
                checksum += text.charAt(i);
            }
            bytes += text.length();
        }
        return new Row((System.nanoTime() - from) / 1e3, hits.length, bytes);
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private void answer(String[] request) throws IOException {
        List<String> queries = Files.readAllLines(Path.of(request[1]));
        boolean counts = request[0].equals("count");
        int n = Math.min(queries.size(), Integer.parseInt(request[2]));
        long until = System.nanoTime() + Long.parseLong(request[3]) * 1_000_000;
        long cpu = cpuNanos();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < n && System.nanoTime() < until; i++) {
            rows.add(counts ? new Row(0, searcher.count(query(queries.get(i))), 0) : run(queries.get(i)));
        }
        cpu = cpuNanos() - cpu;
        StringBuilder out = new StringBuilder();
        for (Row row : rows) {
            out.append(counts ? row.hits + "\n" : String.format("%.3f %d %d%n", row.micros, row.hits, row.bytes));
        }
        System.out.print(out);
        System.out.printf("end %.3f%n", counts ? 0 : cpu / 1e3);
        System.out.flush();
    }

    public static void main(String[] args) throws Exception {
        if (args.length == 4 && args[0].equals("build")) {
            build(Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3]));
            return;
        }
        if (args.length != 2 || !args[0].equals("serve")) {
            System.err.println("usage: LuceneBench build TSV INDEX THREADS | serve INDEX");
            System.exit(2);
        }
        try (FSDirectory directory = new MMapDirectory(Path.of(args[1]));
                DirectoryReader reader = DirectoryReader.open(directory);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            LuceneBench bench = new LuceneBench(reader);
            for (String line; (line = in.readLine()) != null;) {
                bench.answer(line.split(" "));
            }
        }
    }
}
