import NNCore
import NNData
import NNFormats
import NNTestSupport
import Testing

/// Tables of each format, and the same table read into memory and from a file of the cache.
struct StreamedTableFixture {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The cache of tables that are read in blocks of a size.
  func cache(_ block: Int) -> DataCache { DataCache(folder: folder.path("cache-\(block)")) }

  /// The names of a cache's files.
  func files(_ cache: DataCache) -> [String] {
    FolderListing.names(in: cache.folder).filter { $0.hasSuffix(".safetensors") }
  }

  /// Writes a file, compressed if its name ends in `.gz`.
  func write(_ bytes: [UInt8], to name: String) throws {
    try AtomicFile.write(
      path: folder.path(name), name.hasSuffix(".gz") ? Gzip.deflate(bytes) : bytes)
  }

  func memory(
    _ source: TableSource, known: DataEncoding? = nil, request: DataRequest = DataRequest()
  ) throws -> Dataset {
    try source.load(path: folder.path(source.file), known: known, request: request, cache: nil)
  }

  func streamed(
    _ source: TableSource, block: Int, known: DataEncoding? = nil,
    request: DataRequest = DataRequest()
  ) throws -> Dataset {
    var source = source
    source.isStreamed = true
    return try source.load(
      path: folder.path(source.file), known: known, request: request, cache: cache(block),
      blockByteCount: block)
  }

  /// A table with every type of columns, missing values, and fields over several lines.
  static func csv(rows: Int = 1300, lineEnd: String = "\n") -> String {
    let kinds = ["a", "\"b, \"\"c\"\"\nd\"", "é", "\"e\r\nf\""]
    var lines = ["n,i,k,o,b,d,t,m,w,g,y"]
    for row in 0..<rows {
      let random = row &* 7919 % 1009
      let number = random % 11 == 3 ? "NA" : "\(Double(random) / 8 - 40)"
      let kind = random % 13 == 5 ? "" : kinds[random % kinds.count]
      let day = "2024-0\(1 + random % 9)-\(10 + random % 18)"
      let date = random % 17 == 2 ? "?" : day
      // More different times than categories may have.
      let time =
        "\(day) \(10 + row % 10):\(10 + row / 10 % 50):\(10 + row / 500)\(row % 3 == 0 ? "Z" : "")"
      let rare = random % 5 == 0 ? "\(random % 7)e-3" : ""
      lines.append(
        "\(number),\(row % 90),\(kind),\(random % 4),\(random % 2 == 0 ? "yes" : "No"),\(date),"
          + "\(time),\(rare),\(1 + random % 3).5,p\(random % 19),\(kinds[(random / 4) % 3])")
      if row % 200 == 7 { lines.append("# a comment, with \" a quote") }
      if row % 300 == 9 { lines.append("") }
    }
    return lines.joined(separator: lineEnd) + lineEnd
  }

  /// A source of `csv`.
  static func source(_ file: String = "t.csv") -> TableSource {
    var source = TableSource(
      file: file, targets: ["y"], weights: "w",
      columns: [
        "n": ColumnOptions(missing: .median, scale: .standard),
        "i": ColumnOptions(scale: .quantile), "k": ColumnOptions(missing: .mode),
        "o": ColumnOptions(type: .category, encode: .ordinal),
        "d": ColumnOptions(missing: .indicator), "m": ColumnOptions(missing: .indicator),
      ])
    source.format.comment = CSVFormat.Delimiter("#")
    return source
  }

  /// Expects that two data sets have the same numbers, names and notes.
  static func expectEqual(
    _ file: Dataset, _ memory: Dataset, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(file.isInFile && !memory.isInFile, sourceLocation: sourceLocation)
    #expect(try file.readNamedInputs() == memory.namedInputs, sourceLocation: sourceLocation)
    #expect(file.vocabulary == memory.vocabulary, sourceLocation: sourceLocation)
    #expect(file.targets == memory.targets, sourceLocation: sourceLocation)
    #expect(file.classNames == memory.classNames, sourceLocation: sourceLocation)
    #expect(file.featureNames == memory.featureNames, sourceLocation: sourceLocation)
    #expect(file.targetNames == memory.targetNames, sourceLocation: sourceLocation)
    #expect(file.columns == memory.columns, sourceLocation: sourceLocation)
    #expect(file.notes == memory.notes, sourceLocation: sourceLocation)
    #expect(file.weights == memory.weights, sourceLocation: sourceLocation)
    #expect(file.groups == memory.groups, sourceLocation: sourceLocation)
    #expect(
      file.encoding.inputUnit == memory.encoding.inputUnit, sourceLocation: sourceLocation)
  }

  /// Expects that two data sets have the same batches, shuffled or not.
  static func expectEqualBatches(_ file: Dataset, _ memory: Dataset) throws {
    for (shuffle, window) in [(false, nil), (true, nil), (true, 64)] as [(Bool, Int?)] {
      let loaders = try [memory, file].map {
        try BatchLoader(
          dataset: $0, batchSize: 33, shuffle: shuffle, seed: 5, shuffleWindow: window)
      }
      for _ in 0..<2 {
        while let batch = try loaders[0].next() {
          let own = try #require(try loaders[1].next())
          #expect(own.input == batch.input && own.targets == batch.targets)
          #expect(own.weights == batch.weights)
        }
        #expect(try loaders[1].next() == nil)
      }
    }
  }
}
