import NNCore
import NNData
import NNFormats
import NNImages

/// Readers of data files.
enum DataReaders {
  static let targets = [
    FuzzTarget.reader("csv", file: "rows.csv") { file in
      _ = try? DataSource.table(TableSource(file: file)).load()
      _ = try? DataSource.table(TableSource(file: file, header: false, task: .regression)).load()
      _ = try PredictionInput.rows(file, known: DataEncoding(featureNames: ["a"]))
    },
    target("columns", .csv), target("jsonl", .jsonl), target("arff", .arff),
    target("libsvm", .libsvm),
    .reader("arrays", file: "rows.npz") { file in
      _ = try? DataSource.npz(file: file).load()
      _ = try? DataSource.npz(streamed(NPZSource(file: file))).load()
      _ = try? DataSource.npz(
        NPZSource(file: file, inputs: "x", targets: "y", lengths: "lengths", tokens: 9)
      ).load()
      _ = try PredictionInput.rows(file, known: DataEncoding())
    },
    .reader("rows", file: "rows.npy") { file in
      _ = try? DataSource.npz(streamed(NPZSource(npy: file, targets: nil))).load()
      _ = try PredictionInput.rows(file, known: DataEncoding())
    },
    .reader("images", file: "images") { file in
      Workplace.write([0, 0, 8, 1, 0, 0, 0, 2, 0, 1], to: "labels")
      _ = try? DataSource.idx(images: file, labels: "labels").load()
      _ = try? DataSource.idx(images: file, labels: "labels", isStreamed: true).load()
      _ = try DataSource.idx(images: file, labels: file).load()
    },
    .reader("image", file: "image") { file in
      let image = try ImageFile.decode(FileBytes.read(file), at: file)
      for (color, fit) in [(ImageColor.grey, ImageFit.crop), (.rgb, .pad)] {
        _ = image.fitted(to: ImageOptions(height: 5, width: 7, color: color, fit: fit))
      }
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
      let dated = SeriesSource(
        file: file, columns: [.index(1)], known: [.index(-1)], calendar: [.month], window: 2,
        index: .index(0), gaps: .linear)
      _ = try? dated.windows(path: file)
      _ = try? dated.lastWindow(path: file)
      _ = try DataSource.series(SeriesSource(file: file, columns: ["a"], window: 2)).load()
    },
  ]

  /// The source with inputs that stay in the file.
  private static func streamed(_ source: NPZSource) -> NPZSource {
    var streamed = source
    streamed.isStreamed = true
    return streamed
  }

  /// A table whose columns have any type: read, split, read again as later data, and surveyed.
  private static func target(_ name: String, _ kind: TableKind) -> FuzzTarget {
    .reader(name, file: "rows.\(kind)") { file in
      guard try kind != .libsvm || hasShortIndices(FileBytes.read(file)) else { return }
      var source = TableSource(
        file: file, kind: kind, columns: ["*": ColumnOptions(missing: .indicator)])
      source.separator = kind == .jsonl ? ";" : nil
      let data = try? DataSource.table(source).load()
      _ = try? data?.split(fraction: 0.5, seed: 1)
      if let data { _ = try? PredictionInput.rows(file, as: .table(source), known: data.encoding) }
      _ = try DataSource.table(TableSource(file: file, kind: kind)).load()
    }
  }

  /// Whether a text has at most four digits in a row. The largest index is the number of columns, each of
  /// which takes a microsecond, and with both instrumentations seventy.
  private static func hasShortIndices(_ bytes: [UInt8]) -> Bool {
    var length = 0
    return bytes.allSatisfy { byte in
      length = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? length + 1 : 0
      return length < 5
    }
  }
}
