import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("NPZ")
struct NPZTests {
  static let arrays: [(name: String, tensor: HostTensor)] = [
    ("x", ramp([4, 3], .float32)), ("y", ramp([4], .int64)), ("mask", ramp([2, 2], .bool)),
  ]

  func expectArrays(_ found: [(name: String, tensor: HostTensor)]) {
    #expect(found.map(\.name) == Self.arrays.map(\.name))
    #expect(found.map(\.tensor) == Self.arrays.map(\.tensor))
  }

  @Test(arguments: ["stored", "deflated"])
  func readsWhatNumPyWrote(file: String) throws {
    expectArrays(try NPZ.read(fixture(file + ".npz")))
    #expect(try NPZ.read("y", from: fixture(file + ".npz")) == Self.arrays[1].tensor)
  }

  @Test(arguments: [NPZ.Compression.stored, .deflated], [0xFFFF_FFFE, 200, 0])
  func readsWhatItWrote(compression: NPZ.Compression, largestNarrow: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.npz"
      try NPZ.write(
        Self.arrays, to: path, compression: compression, largestNarrow: largestNarrow)
      expectArrays(try NPZ.read(path))
      let first = try FileBytes.read(path)
      try NPZ.write(
        Self.arrays, to: path, compression: compression, largestNarrow: largestNarrow)
      #expect(try FileBytes.read(path) == first)
    }
  }

  @Test func deflatesToFewerBytes() throws {
    try withTemporaryFolder { folder in
      let zeros = HostTensor(zeros: [1000, 10])
      try NPZ.write([("x", zeros)], to: folder + "/a.npz", compression: .deflated)
      #expect(try FileBytes.read(folder + "/a.npz").count < 1000)
      #expect(try NPZ.read("x", from: folder + "/a.npz") == zeros)
    }
  }

  @Test func writesAndReadsNothing() throws {
    try withTemporaryFolder { folder in
      try NPZ.write([], to: folder + "/a.npz")
      #expect(try NPZ.read(folder + "/a.npz").isEmpty)
      expectError("holds no array called \"x\"", "nothing") {
        _ = try NPZ.read("x", from: folder + "/a.npz")
      }
    }
  }

  @Test func namesTheArraysWhenOneIsMissing() {
    expectError("stored.npz: holds no array called \"X\"", "it holds: x, y, mask") {
      _ = try NPZ.read("X", from: fixture("stored.npz"))
    }
  }

  @Test func namesTwentyOfManyArrays() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.npz"
      try NPZ.write((1...25).map { ("x\($0)", HostTensor([Float(1)])) }, to: path)
      expectError("it holds: x1, x2, ", ", x20 … and 5 more") { _ = try NPZ.read("x", from: path) }
      let long = String(repeating: "y", count: 1000)
      expectError("called \"yyy", "… (1000 characters)\"") { _ = try NPZ.read(long, from: path) }
    }
  }

  @Test func refusesTwoArraysOfOneName() {
    expectError("a.npz: two arrays are called \"x\"") {
      try NPZ.write([Self.arrays[0], Self.arrays[0]], to: "/nowhere/a.npz")
    }
  }

  @Test func refusesOtherFiles() {
    expectError("a.npz: not a zip archive") { _ = try NPZ.decode([], at: "a.npz") }
    expectError("a.npz: not a zip archive") {
      _ = try NPZ.decode([UInt8](repeating: 7, count: 100), at: "a.npz")
    }
    expectError("bzip2.npz: entry \"x.npy\" is compressed by method 12") {
      _ = try NPZ.read(fixture("bzip2.npz"))
    }
  }

  @Test(arguments: ["stored", "deflated"])
  func refusesEveryTruncation(file: String) throws {
    let whole = try FileBytes.read(fixture(file + ".npz"))
    for count in 0..<whole.count {
      expectError("a.npz: ") { _ = try NPZ.decode(Array(whole[..<count]), at: "a.npz") }
    }
  }

  @Test(arguments: ["stored", "deflated"])
  func noFlippedByteCrashesAndDataAreChecked(file: String) throws {
    let whole = try FileBytes.read(fixture(file + ".npz"))
    for offset in whole.indices {
      var damaged = whole
      damaged[offset] ^= 0x41
      // Dates, attributes and names may change without harm; numbers may not.
      guard let arrays = try? NPZ.decode(damaged, at: "a.npz") else { continue }
      for (name, tensor) in arrays {
        guard let original = Self.arrays.first(where: { $0.name == name }) else { continue }
        #expect(tensor == original.tensor, "byte \(offset)")
      }
    }
  }
}
