name: Reseller Account Welcome Email
type: product
subject: Reseller Account Information

<p>Dear {$client_name},</p>
<p>your reseller account is set up.</p>
<p>Package: {$service_product_name}<br />Domain: {$service_domain}<br />Username: {$service_username}<br />
Password: {$service_password}<br />Server: {$service_server_name} ({$service_server_ip})</p>
<p>{$signature}</p>
