//! Tantivy with its English stemmer, positions, the texts stored. ../../driver.h says how it is asked.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write as _};
use std::time::{Duration, Instant};

use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{
    Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Index, IndexWriter, Searcher, TantivyDocument, Term};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const TOP: usize = 10;
const BUDGET_BYTES: usize = 1 << 30;

fn schema() -> (Schema, Field) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("en_stem")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let body = builder.add_text_field(
        "body",
        TextOptions::default().set_indexing_options(indexing).set_stored(),
    );
    (builder.build(), body)
}

fn build(tsv: &str, path: &str, threads: usize) -> Outcome<()> {
    let from = Instant::now();
    let (schema, body) = schema();
    fs::create_dir_all(path)?;
    let index = Index::create_in_dir(path, schema)?;
    let mut writer: IndexWriter = index.writer_with_num_threads(threads, BUDGET_BYTES * threads)?;
    let mut input = BufReader::with_capacity(1 << 20, File::open(tsv)?);
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        if let Some((_, text)) = line.trim_end_matches('\n').split_once('\t') {
            let mut document = TantivyDocument::default();
            document.add_text(body, text);
            writer.add_document(document)?;
        }
        line.clear();
    }
    writer.commit()?;
    let built = from.elapsed().as_secs_f64();
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
        writer.commit()?;
    }
    writer.wait_merging_threads()?;
    println!(
        "build {:.3} {:.3} {}",
        built,
        from.elapsed().as_secs_f64() - built,
        tantivy::version_string()
    );
    Ok(())
}

struct Bench {
    searcher: Searcher,
    analyzer: TextAnalyzer,
    body: Field,
    checksum: u64,
}

impl Bench {
    fn term(&mut self, word: &str) -> Term {
        let mut stream = self.analyzer.token_stream(word);
        let stem = stream.next().map_or(word.to_string(), |t| t.text.clone());
        Term::from_field_text(self.body, &stem)
    }

    fn query(&mut self, line: &str) -> Outcome<Box<dyn Query>> {
        let (kind, words) = line.split_once('\t').ok_or("no kind")?;
        let mut terms: Vec<Term> = words.split(' ').map(|w| self.term(w)).collect();
        if terms.len() == 1 {
            let term = terms.remove(0);
            return Ok(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)));
        }
        if kind == "phrase" {
            return Ok(Box::new(PhraseQuery::new(terms)));
        }
        let occur = if kind == "or" { Occur::Should } else { Occur::Must };
        let parts = terms
            .into_iter()
            .map(|t| {
                let part: Box<dyn Query> = Box::new(TermQuery::new(t, IndexRecordOption::WithFreqs));
                (occur, part)
            })
            .collect();
        Ok(Box::new(BooleanQuery::new(parts)))
    }

    fn run(&mut self, line: &str) -> Outcome<(f64, usize, usize)> {
        let from = Instant::now();
        let query = self.query(line)?;
        let hits = self
            .searcher
            .search(&query, &TopDocs::with_limit(TOP).order_by_score())?;
        let mut bytes = 0;
        for (_, address) in &hits {
            let document: TantivyDocument = self.searcher.doc(*address)?;
            let text = document
                .get_first(self.body)
                .and_then(|v| v.as_str())
                .ok_or("no text")?;
            self.checksum += text.bytes().map(u64::from).sum::<u64>();
            bytes += text.len();
        }
        Ok((from.elapsed().as_secs_f64() * 1e6, hits.len(), bytes))
    }

    fn answer(&mut self, request: &[&str]) -> Outcome<()> {
        let [verb, path, first, limit] = request else {
            return Err("not understood".into());
        };
        let queries = fs::read_to_string(path)?;
        let until = Instant::now() + Duration::from_millis(limit.parse()?);
        let cpu = cpu_us();
        let mut out = String::new();
        for line in queries.lines().take(first.parse()?) {
            if Instant::now() >= until {
                break;
            }
            if *verb == "count" {
                let query = self.query(line)?;
                writeln!(out, "{}", self.searcher.search(&query, &Count)?)?;
            } else {
                let (us, hits, bytes) = self.run(line)?;
                writeln!(out, "{us:.3} {hits} {bytes}")?;
            }
        }
        println!("{}end {:.3}", out, if *verb == "count" { 0.0 } else { cpu_us() - cpu });
        io::stdout().flush()?;
        Ok(())
    }
}

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

extern "C" {
    fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
}

const CLOCK_PROCESS_CPUTIME_ID: i32 = 2; // as Linux has it on every machine

/// What this process's threads have run.
fn cpu_us() -> f64 {
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    // SAFETY: the C library's function, given a valid place to write to.
    if unsafe { clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &mut time) } != 0 {
        return 0.0;
    }
    time.seconds as f64 * 1e6 + time.nanoseconds as f64 / 1e3
}

fn serve(path: &str) -> Outcome<()> {
    let index = Index::open_in_dir(path)?;
    let body = index.schema().get_field("body")?;
    let mut bench = Bench {
        searcher: index.reader()?.searcher(),
        analyzer: index.tokenizers().get("en_stem").ok_or("no stemmer")?,
        body,
        checksum: 0,
    };
    for line in io::stdin().lock().lines() {
        bench.answer(&line?.split(' ').collect::<Vec<_>>())?;
    }
    eprintln!("texts read, sum of bytes {}", bench.checksum);
    Ok(())
}

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["build", tsv, index, threads] => build(tsv, index, threads.parse()?),
        ["serve", index] => serve(index),
        _ => Err("usage: tantivy_bench build TSV INDEX THREADS | serve INDEX".into()),
    }
}
