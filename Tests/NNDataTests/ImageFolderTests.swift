import NNCore
import NNData
import NNFormats
import NNImages
import NNTestSupport
import Testing

/// A folder of images of one colour.
struct ImageFolder {
  let folder = try? TemporaryFolder()

  var path: String { folder?.path ?? "" }

  /// Writes a PPM file of one colour.
  func write(_ name: String, _ colour: [UInt8], width: Int = 3, height: Int = 2) throws {
    let pixels = (0..<width * height).flatMap { _ in colour }
    try folder?.write("", to: name)
    try AtomicFile.write(
      path: "\(path)/\(name)", Array("P6 \(width) \(height) 255\n".utf8) + pixels)
  }

  /// Writes a file that is no image.
  func writeText(_ text: String, to name: String) throws { try folder?.write(text, to: name) }

  func source(
    size: Int = 2, manifest: String? = nil, targets: [ColumnReference]? = nil,
    onError: ImageFolderSource.ErrorPolicy = .fail
  ) -> ImageFolderSource {
    ImageFolderSource(
      path: path, options: ImageOptions(height: size, width: size),
      manifest: manifest.map { "\(path)/\($0)" }, targets: targets, onError: onError)
  }

  func load(
    _ source: ImageFolderSource? = nil, known: DataEncoding? = nil,
    request: DataRequest = DataRequest(), cache: DataCache? = nil
  ) throws -> Dataset {
    let source = source ?? self.source()
    return try source.load(
      folder: source.path, manifest: source.manifest, known: known, request: request, cache: cache)
  }

  /// The red level of the first pixel of each image.
  static func reds(_ dataset: Dataset) -> [UInt8] {
    let size = dataset.inputShape.elementCount
    let bytes = dataset.inputs.scalars(as: UInt8.self)
    return (0..<dataset.count).map { bytes[$0 * size] }
  }
}

@Suite("Folders of images")
struct ImageFolderTests {
  private let images = ImageFolder()

  private func writeThree() throws {
    try images.write("b/2.ppm", [20, 0, 0])
    try images.write("a/z.ppm", [30, 1, 2])
    try images.write("b/10.any", [10, 0, 0], width: 5, height: 9)
  }

  @Test("folders are classes in sorted order, files come in the order of their paths")
  func classes() throws {
    try writeThree()
    try images.write("b/deep/1.ppm", [40, 0, 0])
    let dataset = try images.load()
    #expect(dataset.classNames == ["a", "b"])
    #expect(dataset.targets == HostTensor([Int32(0), 1, 1, 1]))
    #expect(ImageFolder.reds(dataset) == [30, 10, 20, 40])
    #expect(dataset.inputs.shape == [4, 3, 2, 2] && dataset.inputs.dtype == .uint8)
    #expect(
      dataset.inputs.rows(0..<1)
        == HostTensor([30, 30, 30, 30, 1, 1, 1, 1, 2, 2, 2, 2] as [UInt8], shape: [1, 3, 2, 2]))
    #expect(dataset.name == images.path && dataset.notes.isEmpty)
    let grey = ImageFolderSource(
      path: images.path, options: ImageOptions(height: 1, width: 4, color: .grey))
    #expect(try images.load(grey).inputShape == [1, 1, 4])
  }

  @Test("hidden folders are no classes, files next to the classes are counted")
  func ignored() throws {
    try writeThree()
    for name in [".git/x", ".ipynb_checkpoints/x", "__MACOSX/x", "a/.DS_Store", "a/Thumbs.db"] {
      try images.writeText("text", to: name)
    }
    #expect(try images.load().notes.isEmpty)
    try images.writeText("text", to: "README.md")
    let dataset = try images.load()
    #expect(dataset.classNames == ["a", "b"] && dataset.count == 3)
    #expect(
      dataset.notes == [
        DataNote(
          subject: images.path, what: "files next to the class folders, not read", count: 1)
      ])
  }

  @Test("test folders have the classes of the training data")
  func knownClasses() throws {
    try writeThree()
    let known = DataEncoding(classNames: ["0", "b", "a"])
    #expect(try images.load(known: known).targets == HostTensor([Int32(2), 1, 1]))
    #expect(try images.load(known: known).classNames == ["0", "b", "a"])
    expectError(
      "\(images.path): has class folders that the training data do not have: b; their classes are: "
        + "a, c"
    ) { _ = try images.load(known: DataEncoding(classNames: ["a", "c"])) }
    expectError("so the class folder a has no label", "hint: give the folders the numbers") {
      _ = try images.load(known: DataEncoding())
    }
    let numbers = ImageFolder()
    try numbers.write("7/x.ppm", [1, 2, 3])
    #expect(try numbers.load(known: DataEncoding()).targets == HostTensor([Int32(7)]))
  }

  @Test("a folder without classes, an empty one and a missing one are errors")
  func wrongFolders() throws {
    expectError("holds no files", "hint: put the images of each class into a folder") {
      _ = try images.load()
    }
    try images.write("x.ppm", [1, 2, 3])
    expectError("holds no class folders, only files", "manifest: FILE.csv") {
      _ = try images.load()
    }
    try images.write("a/x.ppm", [1, 2, 3])
    try images.writeText("", to: "b/.hidden")
    expectError("the class folder b holds no files", "hint: remove it, or add images") {
      _ = try images.load()
    }
    expectError("/nowhere: no such folder") {
      _ = try images.load(
        ImageFolderSource(path: "/nowhere", options: ImageOptions(height: 1, width: 1)))
    }
    expectError("x.ppm: is a file; expected a folder") {
      _ = try images.load(
        ImageFolderSource(
          path: "\(images.path)/x.ppm", options: ImageOptions(height: 1, width: 1)))
    }
  }

  @Test("all files that cannot be read are listed, or left out and counted")
  func unreadableFiles() throws {
    try writeThree()
    try images.writeText("no image", to: "a/note.txt")
    try images.writeText("P6 4 4 255\nabc", to: "b/cut.ppm")
    expectError(
      "\(images.path): 2 of 5 files cannot be read as images:",
      "\n  a/note.txt: is no image: expected PNG, JPEG, WebP, BMP, PPM, PGM or PBM",
      "\n  b/cut.ppm: is truncated: expected 48 bytes of data, found 3",
      "hint: repair or remove them, or leave them out with on_error: skip"
    ) { _ = try images.load() }
    for threads in [1, 2, 7] {
      let dataset = try images.load(
        images.source(onError: .skip), request: DataRequest(threads: threads))
      #expect(ImageFolder.reds(dataset) == [30, 10, 20])
      #expect(dataset.targets == HostTensor([Int32(0), 1, 1]))
      #expect(dataset.notes.map(\.count) == [2])
      #expect(dataset.notes[0].what.contains("(a/note.txt: is no image"))
    }
    let none = ImageFolder()
    try none.writeText("no image", to: "a/x.png")
    expectError("a/x.png: is no image") { _ = try none.load(none.source(onError: .skip)) }
  }

  @Test("a table names files with their classes or numbers")
  func tables() throws {
    try images.write("p.ppm", [1, 0, 0])
    try images.write("q/r.ppm", [2, 0, 0])
    try images.writeText("label,file_name\ndog,q/r.ppm\ncat,p.ppm\ndog,p.ppm\n", to: "l.csv")
    let dataset = try images.load(
      images.source(manifest: "l.csv"), request: DataRequest(task: .classification))
    #expect(dataset.classNames == ["cat", "dog"])
    #expect(dataset.targets == HostTensor([Int32(1), 0, 1]))
    #expect(ImageFolder.reds(dataset) == [2, 1, 1])
    #expect(dataset.targetNames == ["label"])

    try images.writeText("file_name,x,y\np.ppm,0.5,2\nq/r.ppm,1,-3\n", to: "n.csv")
    let request = DataRequest(task: .regression)
    let numbers = try images.load(images.source(manifest: "n.csv"), request: request)
    #expect(numbers.targets == HostTensor([0.5, 2, 1, -3], shape: [2, 2]))
    let one = try images.load(
      images.source(manifest: "n.csv", targets: [.name("y")]), request: request)
    #expect(one.targets == HostTensor([2.0, -3], shape: [2, 1]))
    #expect(one.targetNames == ["y"])
  }

  @Test("a table that is wrong names line and column")
  func wrongTables() throws {
    try images.write("p.ppm", [1, 0, 0])
    func refuse(_ table: String, _ parts: String...) throws {
      try images.writeText(table, to: "l.csv")
      for part in parts {
        expectError(part) {
          _ = try images.load(
            images.source(manifest: "l.csv"), request: DataRequest(task: .regression))
        }
      }
    }
    try refuse("file,label\np.ppm,1\n", "has no column file_name; the columns are: file, label")
    try refuse("file_name\np.ppm\n", "has no column of targets", "hint: add a column")
    try refuse("file_name,y\n", "l.csv: holds no rows")
    try refuse("file_name,y\np.ppm,\n", "l.csv:2: column \"y\": the value is missing")
    try refuse("file_name,y\np.ppm,1\np.ppm,big\n", "l.csv:3: column \"y\"", "\"big\"")
    try refuse(
      "file_name,y\np.ppm,1\nmissing.ppm,2\n", "1 of 2 files cannot be read as images:",
      "missing.ppm: no such file")
    expectError("file_name holds names of files, not targets") {
      _ = try images.load(images.source(manifest: "l.csv", targets: [.name("file_name")]))
    }
  }

  @Test("the bytes do not depend on the number of threads")
  func threads() throws {
    for index in 0..<40 {
      try images.write(
        "c\(index % 3)/\(index).ppm", [UInt8(index), UInt8(255 - index), 7], width: 1 + index,
        height: 1 + index * 7 % 11)
    }
    let source = images.source(size: 9)
    let expected = try images.load(source).inputs
    for threads in [2, 3, 64] {
      #expect(try images.load(source, request: DataRequest(threads: threads)).inputs == expected)
    }
  }

  @Test("more images than memory are refused before they are read")
  func tooLarge() throws {
    try writeThree()
    let lines = (0..<50_000).map { "p\($0).ppm,1\n" }.joined()
    try images.writeText("file_name,y\n\(lines)", to: "l.csv")
    let large = ImageFolderSource(
      path: images.path, options: ImageOptions(height: 16_384, width: 16_384),
      manifest: "\(images.path)/l.csv")
    expectError("50000 images of 3 × 16384 × 16384 would take", "hint: choose a smaller size") {
      _ = try images.load(large, request: DataRequest(task: .regression))
    }
  }

  @Test("images are inputs of a trained network, with the names of their files")
  func prediction() throws {
    try writeThree()
    let source = DataSource.imageFolder(images.source())
    func rows(_ path: String) throws -> PredictionRows {
      try PredictionInput.rows(path, as: source, known: DataEncoding(inputUnit: .bytes))
    }
    let all = try rows(images.path)
    #expect(all.inputs == (try images.load()).inputs)
    #expect(all.others.names == ["file"])
    #expect(all.others.rows == [["a/z.ppm"], ["b/10.any"], ["b/2.ppm"]])
    let one = try rows("\(images.path)/b/2.ppm")
    #expect(one.inputs.shape == [1, 3, 2, 2] && one.others.rows == [["\(images.path)/b/2.ppm"]])
    try images.writeText("x", to: "note")
    expectError("\(images.path)/note: is no image") { _ = try rows("\(images.path)/note") }
    expectError("nothing: no such file") { _ = try rows("\(images.path)/nothing") }
    expectError("1 of 4 files cannot be read as images:\n  note: is no image") {
      _ = try rows(images.path)
    }
    expectError("hint: images are read for a network that was trained on an image_folder") {
      _ = try PredictionInput.rows("\(images.path)/b/2.ppm", known: DataEncoding())
    }
  }
}
