import NNCore
import NNData
import NNFormats
import NNImages
import NNTestSupport
import Testing

@Suite("Sources")
struct SourceTests {
  /// An IDX file of bytes; type 8 is unsigned, 9 signed.
  func idx(_ shape: [Int], _ bytes: [UInt8], type: UInt8 = 8) -> [UInt8] {
    var file: [UInt8] = [0, 0, type, UInt8(shape.count)]
    for extent in shape { file += [0, 0, UInt8(extent >> 8), UInt8(extent & 255)] }
    return file + bytes
  }

  @Test func readsPairsOfIDXFiles() throws {
    let folder = try TemporaryFolder()
    let pixels = (0..<12).map { UInt8($0 * 20) }
    try AtomicFile.write(path: folder.path("x.idx.gz"), Gzip.deflate(idx([2, 2, 3], pixels)))
    try AtomicFile.write(path: folder.path("y.idx"), idx([2], [3, 1]))
    let source = DataSource.idx(images: "x.idx.gz", labels: "y.idx")
    let dataset = try source.load(relativeTo: folder.path)
    #expect(dataset.inputs == HostTensor(pixels, shape: [2, 1, 2, 3]))
    #expect(dataset.targets == HostTensor([Int32(3), 1]))
    #expect(dataset.name == folder.path("x.idx.gz"))

    expectError("row 0 (from 0) has label 3, beyond the 2 classes") {
      _ = try source.load(
        relativeTo: folder.path, encoding: DataEncoding(classNames: ["a", "b"]))
    }
    try AtomicFile.write(path: folder.path("y.idx"), idx([3], [3, 1, 2]))
    expectError("x.idx.gz: 2 inputs but 3 targets") {
      _ = try source.load(relativeTo: folder.path)
    }
    try AtomicFile.write(path: folder.path("y.idx"), idx([2, 1], [3, 1]))
    expectError("y.idx: expected labels: integers with one axis, found uint8 [2, 1]") {
      _ = try source.load(relativeTo: folder.path)
    }
    expectError("no such file") {
      _ = try DataSource.idx(images: folder.path("n"), labels: "y.idx").load()
    }
  }

  @Test("the ignored label of IDX files may be negative, others may not")
  func ignoredIDXLabel() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(path: folder.path("x.idx"), idx([3, 1, 1], [1, 2, 3]))
    try AtomicFile.write(path: folder.path("y.idx"), idx([3], [1, 0xFF, 0], type: 9))
    let source = DataSource.idx(images: "x.idx", labels: "y.idx")
    let request = DataRequest(task: .classification, ignoredLabel: -1)
    let dataset = try source.load(relativeTo: folder.path, request: request)
    #expect(dataset.targets == HostTensor([Int32(1), -1, 0]))
    expectError("row 1 (from 0) has the negative label -1") {
      _ = try source.load(relativeTo: folder.path)
    }
  }

  @Test func readsArraysOfNPZFiles() throws {
    let folder = try TemporaryFolder()
    let x = HostTensor((0..<6).map(Float.init), shape: [3, 2])
    let labels = HostTensor([Int64(2), 0, 1])
    try NPZ.write(
      [
        ("x", x), ("y", labels), ("t", HostTensor([0.5, 1, -1])), ("m", HostTensor(zeros: [3, 4])),
        ("big", HostTensor([Int64(1), 1 << 40, 0])), ("b", HostTensor([true, false, true])),
      ],
      to: folder.path("a.npz"))
    func load(_ targets: String) throws -> Dataset {
      try DataSource.npz(file: "a.npz", targets: targets).load(relativeTo: folder.path)
    }
    #expect(try load("y").inputs == x)
    #expect(try load("y").targets == HostTensor([Int32(2), 0, 1]))
    #expect(try load("b").targets == HostTensor([Int32(1), 0, 1]))
    #expect(try load("t").targets == HostTensor([0.5, 1, -1], shape: [3, 1]))
    #expect(try load("m").targetShape == [4])
    expectError("array \"big\": label 1099511627776 at index 1 is out of range for int32") {
      _ = try load("big")
    }
    expectError("a.npz: holds no array called \"z\"", "it holds: x, y, t, m, big, b") {
      _ = try load("z")
    }
  }

  @Test func listsNamesWhenOneIsUnknown() {
    expectError("there is no data set \"fashion\"", "fashion-mnist, fashion-mnist-test, xor") {
      _ = try DataSource.named("fashion").load()
    }
  }

  @Test func saysHowToGetFashionMNIST() {
    expectError(
      "fashion-mnist: train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz are not in "
        + "/nowhere, /neither", "apt-get install dataset-fashion-mnist", "NN_DATA_DIR"
    ) { _ = try FashionMNIST.train.load(from: ["/nowhere", "/neither"]) }
  }

  @Test func missingFilesOfDataSetsSayHowToMakeThem() throws {
    let folder = try TemporaryFolder()
    let place = AbsolutePath.of(folder.path)
    expectError(
      "GunPoint_TRAIN.ts: no such file",
      "hint: nntrain datasets --install gun-point, with NN_DATA_DIR set to \(place)"
    ) { _ = try DataSource.timeSeries(file: "GunPoint_TRAIN.ts").load(relativeTo: folder.path) }
    expectError(
      "emoji/test: no such folder",
      "hint: nntrain datasets --install emoji, with NN_DATA_DIR set to \(place)/data"
    ) {
      let source = ImageFolderSource(
        path: "a/../data/emoji/test", options: ImageOptions(height: 8, width: 8))
      _ = try DataSource.imageFolder(source).load(relativeTo: folder.path)
    }
    let error = #expect(throws: NNError.self) {
      try DataSource.timeSeries(file: "MyGunPoint_TRAIN.ts").load(relativeTo: folder.path)
    }
    #expect(error?.hint == nil)
    // The file is there, and its contents are wrong.
    try folder.write("mine", to: "GunPoint_TRAIN.ts")
    let other = #expect(throws: NNError.self) {
      try DataSource.timeSeries(file: "GunPoint_TRAIN.ts").load(relativeTo: folder.path)
    }
    #expect(other?.description.contains("--install") == false)
    #expect(
      PackagedData.hint(forMissing: "\(PackagedData.folder)/co2.csv")
        == "nntrain datasets --install co2")
  }

  @Test func findsFashionMNISTWithoutCompressionToo() throws {
    let folder = try TemporaryFolder()
    let pixels = [UInt8](repeating: 7, count: 2 * 28 * 28)
    try AtomicFile.write(
      path: folder.path("t10k-images-idx3-ubyte"), idx([2, 28, 28], pixels))
    try AtomicFile.write(path: folder.path("t10k-labels-idx1-ubyte"), idx([2], [9, 0]))
    let dataset = try FashionMNIST.test.load(from: ["/nowhere", folder.path])
    #expect(dataset.inputs.shape == [2, 1, 28, 28])
    #expect(dataset.classNames?[9] == "Ankle boot")
  }

  @Test(.enabled(if: DatasetListing.all().first?.isAvailable ?? false))
  func readsTheWholeOfFashionMNIST() throws {
    let dataset = try DataSource.named("fashion-mnist-test").load()
    #expect(dataset.inputs.shape == [10_000, 1, 28, 28])
    #expect(dataset.inputs.dtype == .uint8)
    let labels = dataset.targets.scalars(as: Int32.self)
    #expect(labels.prefix(8) == [9, 2, 1, 1, 6, 1, 4, 6])
    for label in Int32(0)..<10 { #expect(labels.count { $0 == label } == 1000) }
    #expect(dataset.inputs.withBytes { CRC32.checksum($0) } == 0x1272_8439)
  }

  @Test func listsAllNamedSets() {
    let listings = DatasetListing.all()
    #expect(listings.map(\.name) == DataSource.names)
    for listing in listings {
      #expect(listing.isAvailable == (listing.hint == nil))
      #expect(listing.isAvailable == (listing.rows != nil))
    }
    #expect(listings.last?.classes == nil)
    #expect(listings.first?.classes == 10)
  }

  @Test func packagedDataAreThoseOfTheScript() throws {
    let script = try Repository.text("scripts/prepare-data")
    let lists = script.matches(of: /\n(?:names|named_only)=\((.*)\)/)
    let names = lists.flatMap { $0.1.split(separator: " ").map(String.init) }
    #expect(names == PackagedData.all.map(\.name))
    let checksums = script.matches(of: /\n  \[([^\]]+)\]=/).map { String($0.1) }
    for data in PackagedData.all {
      for file in data.files {
        #expect(checksums.contains { file == $0 || file.hasSuffix("/\($0)") }, "\(file)")
      }
      for package in data.packages {
        let file = package.replacing("-", with: data.registry == .pypi ? "_" : "-")
        let separator = data.registry == .pypi ? "-" : "_"
        #expect(checksums.contains { $0.hasPrefix(file + separator) }, "\(package)")
      }
    }
  }
}

@Suite("Inputs for prediction")
struct PredictionInputTests {
  let tensor = HostTensor([Float(1), 2, 3, 4], shape: [2, 2])

  @Test func readsArrays() throws {
    let folder = try TemporaryFolder()
    try NPY.write(tensor, to: folder.path("a.npy"))
    #expect(try PredictionInput.read(folder.path("a.npy")) == tensor)
    try NPZ.write([("other", tensor)], to: folder.path("a.npz"))
    #expect(try PredictionInput.read(folder.path("a.npz")) == tensor)
    try NPZ.write([("a", HostTensor([1.0])), ("x", tensor)], to: folder.path("b.npz"))
    #expect(try PredictionInput.read(folder.path("b.npz")) == tensor)
    try NPZ.write([("a", tensor), ("b", tensor)], to: folder.path("c.npz"))
    expectError("c.npz: holds no array called \"x\"", "it holds: a, b") {
      _ = try PredictionInput.read(folder.path("c.npz"))
    }
    try NPY.write(HostTensor(scalar: Float(1)), to: folder.path("s.npy"))
    expectError("s.npy: expected an array with a batch axis") {
      _ = try PredictionInput.read(folder.path("s.npy"))
    }
  }

  @Test func readsTables() throws {
    let folder = try TemporaryFolder()
    let expected = HostTensor([1.0, 2, 3, 4], shape: [2, 2])
    let bare = try folder.write("1,2\n3,4\n", to: "bare.csv")
    #expect(try PredictionInput.read(bare) == expected)
    let named = try folder.write("b,y,a\n2,q,1\n4,r,3\n", to: "named.csv")
    #expect(try PredictionInput.read(named, features: ["a", "b"]) == expected)
    expectError("named.csv: there is no column \"c\"") {
      _ = try PredictionInput.read(named, features: ["c"])
    }
    expectError("named.csv:2: column \"y\": expected a number, found \"q\"") {
      _ = try PredictionInput.read(named)
    }
  }

  @Test func refusesOtherExtensions() {
    expectError("a.txt: expected a file that ends in .npy, .npz, .csv, .tsv, .jsonl") {
      _ = try PredictionInput.read("a.txt")
    }
  }
}
