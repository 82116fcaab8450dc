import Foundation
import NNCore
import NNData
import NNFormats
import NNTestSupport
import Testing

@Suite("Cache of decoded images")
struct ImageCacheTests {
  private let images = ImageFolder()
  private let folder: TemporaryFolder
  private let cache: DataCache

  init() throws {
    folder = try TemporaryFolder()
    cache = DataCache(folder: folder.path("deep/cache"))
    try images.write("a/1.ppm", [10, 0, 0])
    try images.write("b/2.ppm", [20, 0, 0])
  }

  private var files: [String] {
    FolderListing.names(in: cache.folder).filter { !$0.hasPrefix(".") }.sorted()
  }

  private func reds(_ source: ImageFolderSource? = nil) throws -> [UInt8] {
    let dataset = try images.load(source, cache: cache)
    #expect(dataset.notes.filter { $0.what.contains("cache") }.isEmpty)
    return ImageFolder.reds(dataset)
  }

  /// Changes the first pixel of a file, and its time of change unless that is to stay.
  private func repaint(_ name: String, _ red: UInt8, keepsTime: Bool) throws {
    let path = "\(images.path)/\(name)"
    let time = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
    try images.write(name, [red, 0, 0])
    let old = try #require(time as? Date)
    try FileManager.default.setAttributes(
      [.modificationDate: keepsTime ? Date(timeIntervalSince1970: 1e9) : old.addingTimeInterval(9)],
      ofItemAtPath: path)
  }

  @Test("files are decoded once, and again when one changes")
  func changes() throws {
    try repaint("a/1.ppm", 11, keepsTime: true)
    #expect(try reds() == [11, 20])
    #expect(files.count == 1 && files[0].hasSuffix(".safetensors"))
    // Same size and time: the cache is used.
    try repaint("a/1.ppm", 12, keepsTime: true)
    #expect(try reds() == [11, 20])
    try repaint("a/1.ppm", 12, keepsTime: false)
    #expect(try reds() == [12, 20])
    #expect(files.count == 2)
    try images.write("a/3.ppm", [30, 0, 0])
    #expect(try reds() == [12, 30, 20])
    _ = try reds(images.source(size: 3))
    #expect(files.count == 4)
  }

  @Test("a damaged file of the cache is written again")
  func damage() throws {
    #expect(try reds() == [10, 20])
    let path = "\(cache.folder)/\(try #require(files.first))"
    let whole = try FileBytes.read(path)
    var mutator = Mutator(seed: 5)
    for _ in 0..<40 {
      try write(mutator.damaged(whole), to: path)
      #expect(try reds() == [10, 20])
    }
    for position in whole.indices.suffix(60) {
      var copy = whole
      copy[position] ^= 1
      try write(copy, to: path)
      #expect(try reds() == [10, 20])
    }
    #expect(try FileBytes.read(path) == whole)
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try AtomicFile.write(path: path, isSynced: false) { (file) throws(NNError) in
      try file.write(bytes)
    }
  }

  @Test("files that were left out are remembered, and are errors where they must be")
  func failures() throws {
    try images.writeText("no image", to: "a/0.txt")
    let skipping = images.source(onError: .skip)
    let first = try images.load(skipping, cache: cache)
    let second = try images.load(skipping, cache: cache)
    #expect(files.count == 1)
    #expect(first.notes == second.notes && first.notes.map(\.count) == [1])
    #expect(first.inputs == second.inputs && first.targets == second.targets)
    expectError("1 of 3 files cannot be read as images:\n  a/0.txt: is no image") {
      _ = try images.load(cache: cache)
    }
  }

  @Test("a cache that cannot be written is noted, and the images are read")
  func notWritable() throws {
    let blocked = DataCache(folder: try folder.write("", to: "file") + "/cache")
    let dataset = try images.load(cache: blocked)
    #expect(ImageFolder.reds(dataset) == [10, 20])
    #expect(dataset.notes.map(\.count) == [1])
    #expect(dataset.notes[0].what.hasPrefix("cache files not written ("))
  }
}
