import NNFormats
import NNReports
import NNTestSupport
import Testing

@Suite struct SHA256Tests {
  private func hash(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { SHA256.hexadecimal($0) } }

  /// The examples of NIST's FIPS 180-2, appendix B, and of its Cryptographic Standards page.
  @Test func examplesOfTheStandard() {
    #expect(
      hash(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hash(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(hash([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      hash([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  /// Lengths around a block's end, with the bytes i mod 251; hashes by Python's hashlib.
  @Test(arguments: [
    (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    (55, "463eb28e72f82e0a96c0a4cc53690c571281131f672aa229e0d45ae59b598b59"),
    (56, "da2ae4d6b36748f2a318f23e7ab1dfdf45acdc9d049bd80e59de82a60895f562"),
    (63, "29af2686fd53374a36b0846694cc342177e428d1647515f078784d69cdb9e488"),
    (64, "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108"),
    (65, "4bfd2c8b6f1eec7a2afeb48b934ee4b2694182027e6d0fc075074f2fabb31781"),
    (119, "da18797ed7c3a777f0847f429724a2d8cd5138e6ed2895c3fa1a6d39d18f7ec6"),
    (120, "f52b23db1fbb6ded89ef42a23ce0c8922c45f25c50b568a93bf1c075420bbb7c"),
    (128, "471fb943aa23c511f6f72f8d1652d9c880cfa392ad80503120547703e56a2be5"),
    (1000, "4e4c294b331f7a2099a379bec34b9f9fc03dc46ab465d998f4d683da53487e6d"),
  ])
  func lengths(count: Int, expected: String) throws {
    let bytes = (0..<count).map { UInt8($0 % 251) }
    #expect(hash(bytes) == expected)
    let folder = try TemporaryFolder()
    let path = folder.path + "/bytes"
    try AtomicFile.write(path: path, bytes)
    #expect(try SHA256.hexadecimal(ofFile: path) == expected)
  }

  @Test func missingFile() {
    expectError("/nowhere/file: no such file") {
      _ = try SHA256.hexadecimal(ofFile: "/nowhere/file")
    }
  }
}
