package dev.memoryrouter.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSizeTest {
  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif"})
  void ofBase64_writtenImage_readsItsSize(String format) throws IOException {
    String base64 = Base64.getEncoder().encodeToString(image(format, 321, 45));
    assertThat(ImageSize.ofBase64(base64)).contains(new ImageSize(321, 45));
    assertThat(ImageSize.ofBase64("data:image/" + format + ";base64," + base64))
        .contains(new ImageSize(321, 45));
    String broken = base64.replaceAll("(.{7})", "$1\r\n").replace("=", "");
    assertThat(ImageSize.ofBase64(broken)).contains(new ImageSize(321, 45));
  }

  @ParameterizedTest
  @CsvSource({
    // Lossy, lossless and extended WebP of 800 x 600.
    "524946460000000057454250565038200000000030 0100 9d012a 2003 5802, 800, 600",
    "52494646000000005745425056503 84c 00000000 2f 1fc39500, 800, 600",
    "524946460000000057454250565038580a000000 00000000 1f0300 570200, 800, 600"
  })
  void ofBase64_webp_readsItsSize(String hex, int width, int height) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThat(ImageSize.ofBase64(Base64.getEncoder().encodeToString(bytes)))
        .contains(new ImageSize(width, height));
  }

  @Test
  void ofBase64_jpegWithMetadata_looksBehindIt() throws IOException {
    byte[] plain = image("jpg", 64, 48);
    var out = new ByteArrayOutputStream();
    out.write(plain, 0, 2);
    out.write(new byte[] {(byte) 0xff, (byte) 0xe1, (byte) 0xff, (byte) 0xff});
    out.write(new byte[0xffff - 2]);
    out.write(plain, 2, plain.length - 2);
    assertThat(ImageSize.ofBase64(Base64.getEncoder().encodeToString(out.toByteArray())))
        .contains(new ImageSize(64, 48));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "A", "data:image/png;base64", "data:,", "not an image", "/9j/", "===="})
  void ofBase64_noImage_isEmpty(String text) {
    assertThat(ImageSize.ofBase64(text)).isEmpty();
  }

  @Test
  void ofBase64_damagedImages_neverThrow() throws IOException {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (String format : new String[] {"png", "jpg", "gif"}) {
      byte[] original = image(format, 20, 20);
      for (int i = 0; i < 300; i++) {
        byte[] damaged = original.clone();
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        String base64 = Base64.getEncoder().encodeToString(damaged);
        String cut = base64.substring(0, random.nextInt(base64.length()));
        assertThat(ImageSize.ofBase64(cut)).as("seed %d", seed).isNotNull();
      }
    }
  }

  private static byte[] image(String format, int width, int height) throws IOException {
    var out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, out);
    return out.toByteArray();
  }
}
