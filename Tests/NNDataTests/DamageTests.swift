import NNCore
import NNData
import NNFormats
import NNTestSupport
import NNText
import Testing

@Suite("damaged and hostile data files are read or refused")
struct DamageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Loads a source of damaged copies of a file.
  private func expectRefusalOrSuccess(
    _ text: String, as name: String, _ load: (String) throws -> Void
  ) {
    let path = folder.path(name)
    NNTestSupport.expectRefusalOrSuccess(Array(text.utf8)) { copy in
      try AtomicFile.write(path: path, isSynced: false) { (file) throws(NNError) in
        try file.write(copy)
      }
      try load(path)
    }
  }

  @Test func csv() {
    let text = "a,b,kind\n" + (0..<12).map { "\($0),\($0 * 7 % 5).5,c\($0 % 3)\n" }.joined()
    expectRefusalOrSuccess(text, as: "a.csv") { path in
      _ = try DataSource.table(TableSource(file: path, targets: [.name("kind")])).load()
    }
  }

  @Test("tables in other formats, with columns of any type")
  func tables() throws {
    let texts: [(TableKind, String)] = [
      (
        .csv,
        "a,b,d,kind\n"
          + (0..<12).map { "\($0 % 3),k\($0 % 2),2020-02-1\($0 % 9),c\($0 % 3)\n" }.joined()
      ),
      (
        .jsonl,
        (0..<8).map { row in
          "{\"a\": \(row), \"b\": \"k\(row % 2)\", \"c\": \(row % 4 == 0 ? "null" : "1.5"), "
            + "\"kind\": true}\n"
        }
        .joined()
      ),
      (
        .arff,
        "@relation r\n@attribute a numeric\n@attribute 'b c' {x, 'y z'}\n@attribute kind {u,v}\n@data\n"
          + String(repeating: "1,x,u\n{0 2,2 v}\n3,x,v\n?,'y z',u\n", count: 3)
      ),
      (.libsvm, (0..<8).map { "\($0 % 2) qid:\($0) 1:0.5 \($0 + 2):1e-3 # c\n" }.joined()),
    ]
    for (kind, text) in texts {
      expectRefusalOrSuccess(text, as: "a.\(kind)") { path in
        let data = try DataSource.table(
          TableSource(
            file: path, kind: kind, targets: kind == .libsvm ? [0] : ["kind"],
            columns: ["*": ColumnOptions(missing: .indicator)])
        ).load()
        _ = try data.split(fraction: 0.5, seed: 1)
        _ = try PredictionInput.rows(path, known: data.encoding)
        _ = try TableSurvey(path: path)
      }
    }
  }

  @Test func timeSeries() {
    let text =
      "@problemName p\n@univariate false\n@classLabel true a b\n@data\n"
      + (0..<6).map { "1,2,\($0):4,5,6:\($0 % 2 == 0 ? "a" : "b")\n" }.joined()
    expectRefusalOrSuccess(text, as: "a.ts") { _ = try TimeSeriesFile(path: $0) }
  }

  @Test func pairs() {
    let text = (0..<8).map { "line \($0)\tother \($0 * 3)\n" }.joined()
    expectRefusalOrSuccess(text, as: "a.tsv") { path in
      _ = try DataSource.pairs(PairsSource(file: path, level: .bytePair(merges: 10))).load()
    }
  }

  @Test func series() {
    let text = "t,v\n" + (0..<20).map { "\($0),\($0 * $0 % 11)\n" }.joined()
    expectRefusalOrSuccess(text, as: "s.csv") { path in
      _ = try SeriesSource(file: path, columns: [.name("v")], window: 4, index: .name("t"))
        .windows(path: path)
    }
  }

  @Test("one long series among many short ones is refused before it is padded")
  func longSeries() throws {
    let short = (0..<20_000).map { "\($0):a\n" }.joined()
    let long = Array(repeating: "1", count: 100_000).joined(separator: ",")
    let path = try folder.write(
      "@univariate true\n@classLabel true a\n@data\n\(short)\(long):a\n", to: "a.ts")
    expectError(
      "\(path):20004: has 100000 steps; 20001 sequences padded to that length would take 14.9 GiB, "
        + "unpadded they take 937.5 KiB", "hint: cut the series"
    ) { _ = try TimeSeriesFile(path: path) }
  }

  @Test("one long sentence among many short ones is refused, unless max_length leaves it out")
  func longSentence() throws {
    let short = String(repeating: "a\tb\n", count: 20_000)
    let long = String(repeating: "ab", count: 50_000)
    let path = try folder.write("\(short)\(long)\tb\n", to: "a.tsv")
    expectError("\(path):20001: has 100001 steps", "GiB", "max_length") {
      _ = try DataSource.pairs(PairsSource(file: path, level: .character)).load()
    }
    let cut = try DataSource.pairs(
      PairsSource(file: path, level: .character, maxLength: 10)
    ).load()
    #expect(cut.count == 20_000)
  }

  @Test("windows whose overlap would exceed the memory are refused")
  func overlap() throws {
    let text = String(repeating: "ab", count: 4_000_000)
    let path = try folder.write(text, to: "a.txt")
    expectError("\(path): ", "windows of 4000000 tokens would take", "GiB", "overlap") {
      _ = try DataSource.text(
        TextSource(file: path, level: .character, context: 4_000_000, overlap: 3_999_999)
      ).load()
    }
  }
}
