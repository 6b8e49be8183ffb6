package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackingTest {
  private static byte[] text(int length) {
    return "SELECT id, name FROM item;\n"
        .repeat(1 + length / 27)
        .substring(0, length)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 65_536, 1 << 20})
  void whatIsPackedIsShorterAndTheSameWhenItIsUnpacked(int length) throws Exception {
    byte[] packed = Packing.ZSTD.pack(text(length));
    assertThat(packed.length).isLessThan(length / 4);
    assertThat(Packing.ZSTD.unpack(packed, length)).isEqualTo(text(length));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4096, 1 << 20})
  void whatCannotBePackedStaysAsItIs(int length) {
    byte[] plain = noise(length);
    assertThat(Packing.ZSTD.pack(plain)).isSameAs(plain);
  }

  @Test
  void whatCanBePackedInItsSecondHalfIsPacked() throws Exception {
    byte[] plain = noise(1 << 20);
    byte[] text = text(1 << 19);
    System.arraycopy(text, 0, plain, 1 << 19, text.length);
    byte[] packed = Packing.ZSTD.pack(plain);
    assertThat(packed.length).isLessThan(plain.length * 5 / 8);
    assertThat(Arrays.equals(Packing.ZSTD.unpack(packed, plain.length), plain)).isTrue();
  }

  @Test
  void whatIsDamagedIsSaidToBe() {
    byte[] packed = Packing.ZSTD.pack(text(4096));
    assertThatThrownBy(() -> Packing.ZSTD.unpack(packed, 4095))
        .isInstanceOf(DamagedRecordException.class);
    assertThatThrownBy(() -> Packing.ZSTD.unpack(packed, 4097))
        .isInstanceOf(DamagedRecordException.class);
    packed[0] ^= 1;
    assertThatThrownBy(() -> Packing.ZSTD.unpack(packed, 4096))
        .isInstanceOf(DamagedRecordException.class);
  }
}
