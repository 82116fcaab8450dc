import NNCore
import NNData
import NNFormats

/// Readers of data files.
enum DataReaders {
  static let targets = [
    FuzzTarget.reader("csv", file: "rows.csv") { file in
      _ = try? DataSource.csv(CSVSource(file: file)).load()
      _ = try? DataSource.csv(CSVSource(file: file, header: false, task: .regression)).load()
      _ = try PredictionInput.rows(file, known: DataEncoding(featureNames: ["a"]))
    },
    .reader("arrays", file: "rows.npz") { file in
      _ = try? DataSource.npz(file: file).load()
      _ = try? DataSource.npz(
        NPZSource(file: file, inputs: "x", targets: "y", lengths: "lengths", tokens: 9)
      ).load()
      _ = try PredictionInput.rows(file, known: DataEncoding())
    },
    .reader("rows", file: "rows.npy") { _ = try PredictionInput.rows($0, known: DataEncoding()) },
    .reader("images", file: "images") { file in
      Workplace.write([0, 0, 8, 1, 0, 0, 0, 2, 0, 1], to: "labels")
      _ = try? DataSource.idx(images: file, labels: "labels").load()
      _ = try DataSource.idx(images: file, labels: file).load()
    },
    .reader("ts", file: "rows.ts") { _ = try DataSource.timeSeries(file: $0).load() },
    .reader("pairs", file: "pairs.tsv") { file in
      _ = try? DataSource.pairs(PairsSource(file: file, level: .word(vocabularySize: 30))).load()
      _ = try DataSource.pairs(PairsSource(file: file, level: .bytePair(merges: 20))).load()
    },
    .reader("text", file: "text.txt") { file in
      _ = try? DataSource.text(TextSource(file: file, level: .character, context: 2)).load()
      _ = try? DataSource.text(
        TextSource(file: file, level: .bytePair(merges: 20), context: 2)
      ).load()
      _ = try DataSource.text(
        TextSource(file: file, level: .word(vocabularySize: 30), context: 3)
      ).load()
    },
    .reader("series", file: "series.csv") { file in
      let plain = SeriesSource(file: file, columns: [.index(0)], window: 3, header: false)
      _ = try? plain.windows(path: file)
      _ = try DataSource.series(SeriesSource(file: file, columns: ["a"], window: 2)).load()
    },
  ]
}
