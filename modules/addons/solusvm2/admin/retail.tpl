<section class="card">
  <h2>Retail</h2>
  <div class="card-body">
    <p>Fixed-price virtual servers are products of the server module <b>SolusVM 2</b>: make a server of type SolusVM 2 under
    <a href="configservers.php">Servers</a> with the API key as its access hash, then a <a href="configproducts.php">product</a> that uses it.</p>
    <p class="soft">Customers start, stop and resize their server in the client area and never need the SolusVM 2 panel.</p>
  </div>
</section>
