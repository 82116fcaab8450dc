import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

/// Rows that are read from files, compared with the whole file in memory.
@Suite("Rows of files") struct RowFileTests {
  /// Files of each type and byte order that NumPy wrote, all of shape [2, 3] or [7].
  static let arrays = [
    "b1_any", "u1_any", "i1_any", "u2_little", "u2_big", "i2_little", "i2_big", "u4_little",
    "u4_big", "i4_little", "i4_big", "u8_little", "u8_big", "i8_little", "i8_big", "f2_little",
    "f2_big", "f4_little", "f4_big", "f8_little", "f8_big", "vector", "version2", "version3",
  ]

  @Test("rows of every type and byte order", arguments: arrays)
  func types(name: String) throws {
    let path = fixture(name + ".npy")
    let whole = try NPY.read(path)
    let rows = try RowFile(npy: path)
    #expect(rows.dtype == whole.dtype && rows.shape == whole.shape && rows.count == whole.shape[0])
    #expect(try rows.readAll() == whole)
    for chosen in [[0], [1, 0], [0, 1], [1, 1, 0, 1], []] {
      #expect(try rows.read(chosen) == whole.gathering(chosen), "\(chosen)")
    }
  }

  @Test("rows in any order, with repetitions and gaps")
  func order() throws {
    let folder = try TemporaryFolder()
    for width in [1, 3, 250] {
      let whole = HostTensor(
        (0..<Int32(41 * width)).map { $0 &* 7919 }, shape: [41, 1, width])
      let path = folder.path("x.npy")
      try NPY.write(whole, to: path)
      let rows = try RowFile(npy: path)
      let shuffled = Philox(seed: 3).permutation(41)
      for chosen in [
        Array(0..<41), Array((0..<41).reversed()), shuffled, shuffled + shuffled, [40], [40, 0],
        [3, 4, 5, 9, 10, 4, 5],
      ] {
        #expect(try rows.read(chosen) == whole.gathering(chosen))
      }
    }
  }

  @Test("one row, and rows as arrays of another shape")
  func shapes() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.npy")
    try NPY.write(HostTensor([1.5, -2, 3], shape: [1, 3]), to: path)
    let rows = try RowFile(npy: path)
    #expect(try rows.read([0, 0]).doubles == [1.5, -2, 3, 1.5, -2, 3])
    #expect(try rows.reshapingRows(to: [1, 3, 1]).read([0]).shape == [1, 1, 3, 1])
  }

  @Test("arrays of NPZ, IDX and safetensors files")
  func formats() throws {
    let folder = try TemporaryFolder()
    for name in ["x", "y", "mask"] {
      let whole = try NPZ.read(name, from: fixture("stored.npz"))
      let rows = try RowFile(npz: fixture("stored.npz"), array: name)
      let order = Array((0..<whole.shape[0]).reversed())
      #expect(try rows.read(order) == whole.gathering(order))
    }
    for name in ["u1", "i1", "i2", "i4", "f4", "f8"] {
      let whole = try IDX.read(fixture(name + ".idx"))
      let order = Array((0..<whole.shape[0]).reversed())
      #expect(try RowFile(idx: fixture(name + ".idx")).read(order) == whole.gathering(order))
    }
    let path = folder.path("a.safetensors")
    let tensors = [
      (name: "a", tensor: HostTensor((0..<12).map { Float($0) / 3 }, shape: [4, 3])),
      (name: "b", tensor: HostTensor((0..<5).map { UInt8($0) })),
    ]
    try SafeTensorsFile(tensors: tensors, metadata: ["k": "v"]).write(to: path)
    for (name, whole) in tensors {
      let rows = try RowFile(safetensors: path, tensor: name)
      #expect(try rows.read([2, 0, 3]) == whole.gathering([2, 0, 3]))
    }
  }

  @Test("archives with 64-bit sizes and with more than a tail of a directory")
  func largeArchives() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.npz")
    let arrays = (0..<2500).map { index in
      (name: "array with a long name, number \(index)", tensor: HostTensor([Int64(index), -1]))
    }
    try NPZ.write(arrays, to: path)
    for index in [0, 1, 1234, 2499] {
      let rows = try RowFile(npz: path, array: arrays[index].name)
      #expect(try rows.read([1, 0]) == HostTensor([-1, Int64(index)]))
    }
    try NPZ.write(
      [("x", HostTensor([Float(1), 2, 3])), ("y", HostTensor([Int64(4)]))], to: path,
      compression: .stored, largestNarrow: 10)
    #expect(try RowFile(npz: path, array: "x").read([2, 1]) == HostTensor([Float(3), 2]))
    #expect(try RowFile(npz: path, array: "y").read([0]) == HostTensor([Int64(4)]))
  }

  @Test("files whose rows cannot be read by position")
  func unsuitable() throws {
    let folder = try TemporaryFolder()
    expectError("fortran.npy: is in Fortran order", "hint: save numpy.ascontiguousarray(x)") {
      _ = try RowFile(npy: fixture("fortran.npy"))
    }
    expectError("scalar.npy: expected an array with a batch axis, found a scalar") {
      _ = try RowFile(npy: fixture("scalar.npy"))
    }
    expectError("holds text (dtype <U2)") { _ = try RowFile(npy: fixture("text.npy")) }
    expectError("deflated.npz: array \"x\": is compressed", "hint: save it with numpy.savez") {
      _ = try RowFile(npz: fixture("deflated.npz"), array: "x")
    }
    expectError("holds no array called \"z\"", "it holds: x, y, mask") {
      _ = try RowFile(npz: fixture("stored.npz"), array: "z")
    }
    expectError("not a zip archive") { _ = try RowFile(npz: fixture("vector.npy"), array: "x") }
    expectError("u1.idx.gz: is compressed", "hint: unpack it (gunzip -k)") {
      _ = try RowFile(idx: fixture("u1.idx.gz"))
    }
    expectError("not an IDX file") { _ = try RowFile(idx: fixture("vector.npy")) }
    let path = folder.path("a.safetensors")
    try SafeTensorsFile(tensors: [("a", HostTensor([Float(1)]))]).write(to: path)
    expectError("holds no tensor called \"b\"", "it holds: a") {
      _ = try RowFile(safetensors: path, tensor: "b")
    }
    expectError("no such file") { _ = try RowFile(npy: folder.path("none.npy")) }
    expectError("is a folder; expected a file") { _ = try RowFile(npy: folder.path) }
  }

  @Test("files that are too short or too long")
  func sizes() throws {
    let folder = try TemporaryFolder()
    func changed(_ name: String, by difference: Int) throws -> String {
      let bytes = try FileBytes.read(fixture(name))
      let path = folder.path(name)
      try AtomicFile.write(
        path: path, difference < 0 ? Array(bytes.dropLast(-difference)) : bytes + [0])
      return path
    }
    for (name, message) in [
      ("f4_little.npy", "truncated: shape [2, 3] takes 24 bytes, found 23"),
      ("u1.idx", "truncated: "),
    ] {
      expectError(message) {
        let path = try changed(name, by: -1)
        _ = try name.hasSuffix("npy") ? RowFile(npy: path) : RowFile(idx: path)
      }
    }
    expectError("1 bytes follow the data") {
      _ = try RowFile(npy: changed("f4_little.npy", by: 1))
    }
    expectError("holds more bytes than its header declares") {
      _ = try RowFile(idx: changed("u1.idx", by: 1))
    }
    for length in [0, 1, 7, 9, 60] {
      let path = folder.path("short.npy")
      try AtomicFile.write(
        path: path, Array(FileBytes.read(fixture("f4_little.npy")).prefix(length)))
      expectError("short.npy: ") { _ = try RowFile(npy: path) }
      expectError("short.npy: ") { _ = try RowFile(npz: path, array: "x") }
      expectError("short.npy: ") { _ = try RowFile(idx: path) }
      expectError("short.npy: ") { _ = try RowFile(safetensors: path, tensor: "x") }
    }
  }

  @Test("a file that is cut or overwritten while it is open is an error")
  func changes() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.npy")
    let whole = HostTensor((0..<3000).map { Double($0) }, shape: [1000, 3])
    try NPY.write(whole, to: path)
    let rows = try RowFile(npy: path)
    #expect(try rows.read([999]) == whole.gathering([999]))
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    try file.truncate(atOffset: 10_000)
    for chosen in [[999], [0]] {
      expectError(
        "x.npy: has 10000 bytes, and had 24128 when it was opened",
        "hint: start again with a file that stays as it is", kind: .runFailed
      ) { _ = try rows.read(chosen) }
    }
    try NPY.write(whole, to: path)
    let again = try RowFile(npy: path)
    let other = try #require(FileHandle(forUpdatingAtPath: path))
    try other.seek(toOffset: 500)
    try other.write(contentsOf: Data([1, 2, 3]))
    // Clocks of file systems are coarse.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1000)], ofItemAtPath: path)
    expectError("x.npy: was written to while its rows are read", kind: .runFailed) {
      _ = try again.read([5])
    }
  }

  @Test("a file that is replaced or removed is read as it was")
  func replacement() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.npy")
    let whole = HostTensor((0..<12).map { Float($0) }, shape: [4, 3])
    try NPY.write(whole, to: path)
    let rows = try RowFile(npy: path)
    try NPY.write(HostTensor(zeros: [1, 1]), to: path)
    #expect(try rows.read([3, 0]) == whole.gathering([3, 0]))
    try FileManager.default.removeItem(atPath: path)
    #expect(try rows.read([2]) == whole.gathering([2]))
  }

  @Test("several threads read at the same time")
  func threads() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.npy")
    let whole = HostTensor((0..<Int32(4000)), count: 1000, width: 4)
    try NPY.write(whole, to: path)
    let rows = try RowFile(npy: path)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for seed in 0..<8 {
        group.addTask {
          let chosen = Philox(seed: UInt64(seed)).permutation(1000)
          rows.readAhead(0..<1000)
          return try rows.read(chosen) == whole.gathering(chosen)
        }
      }
      for try await isEqual in group { #expect(isEqual) }
    }
  }
}

extension HostTensor {
  fileprivate init(_ numbers: Range<Int32>, count: Int, width: Int) {
    self.init(Array(numbers), shape: [count, width])
  }

  /// The rows at some indices, one by one.
  fileprivate func gathering(_ rows: [Int]) -> HostTensor {
    let size = shape.dimensions.dropFirst().reduce(dtype.byteCount, *)
    return withBytes { source in
      HostTensor(shape: shape.replacing(axis: 0, with: rows.count), dtype: dtype) { target in
        for (index, row) in rows.enumerated() {
          for byte in 0..<size { target[index * size + byte] = source[row * size + byte] }
        }
      }
    }
  }
}
